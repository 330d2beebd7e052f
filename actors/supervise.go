package actors

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"containment-chamber/messages"
)

// strategy is how a parent answers the crashes of its children: one for one, each by the limits of its own spec.
// It runs in the parent's turns.
type strategy struct{ parent *node }

// HandleFailure implements the engine's SupervisorStrategy.
func (s strategy) HandleFailure(_ *actor.ActorSystem, sup actor.Supervisor, pid *actor.PID, _ *actor.RestartStatistics, reason, message any) {
	child := s.parent.child(pid)
	if child == nil {
		return // unreachable: a child reports to its parent before it is gone
	}
	limit := child.spec.Restart
	switch attempt := child.failed(limit.Period); {
	case limit.Temporary || s.parent.draining || !s.parent.cell.alive:
		child.crashed = true
		s.parent.system.Publish(messages.ActorStopped{Actor: child.class, Name: child.path})
		sup.StopChildren(pid)
	case attempt > limit.Max:
		s.parent.system.Publish(messages.ActorGaveUp{Actor: child.class, Name: child.path, Attempts: attempt})
		s.parent.box.down.Store(true)
		s.parent.cell.end(messages.ErrCrashed) // before the child is gone: the tree is not to look ready in between
		sup.StopChildren(pid)                  // so that what waits in its mailbox is answered
		sup.EscalateFailure(reason, message)
	default:
		s.restartLater(child, attempt)
	}
}

// restartLater has the restart come back to the parent as a message, so that it happens in the parent's turn or not
// at all: a timer that restarts a child by itself can revive one that is being stopped.
func (s strategy) restartLater(child *node, attempt int) {
	delay := backoff(child.spec.Restart, attempt)
	s.parent.system.Publish(messages.ActorRestarted{Actor: child.class, Name: child.path, Attempt: attempt, Delay: delay})
	time.AfterFunc(delay, func() { s.parent.system.engine.Root.Send(s.parent.pid, due{child}) })
}

// restartChild ends the pause after a crash, unless the child or its parent has ended meanwhile.
func (n *node) restartChild(engine actor.Context, child *node) {
	if n.cell.alive && n.child(child.pid) == child {
		engine.(actor.Supervisor).RestartChildren(child.pid)
	}
}

// failed counts a crash, and returns how many there were within period.
func (n *node) failed(period time.Duration) int {
	now := time.Now()
	recent := n.failures[:0]
	for _, at := range n.failures {
		if now.Sub(at) <= period {
			recent = append(recent, at)
		}
	}
	n.failures = append(recent, now)
	return len(n.failures)
}

// backoff is Base · 2ⁿ⁻¹ up to Cap, of which half is random.
func backoff(r Restart, attempt int) time.Duration {
	d := r.Base
	for range attempt - 1 {
		if d > r.Cap/2 { // twice as much may not even be a number
			d = r.Cap
			break
		}
		d *= 2
	}
	d = min(d, r.Cap)
	return d/2 + rand.N(d/2+1)
}

// rootStrategy stands above the root, which is never restarted: its failure ends the system.
type rootStrategy struct{ system *System }

// HandleFailure implements the engine's SupervisorStrategy.
func (s rootStrategy) HandleFailure(_ *actor.ActorSystem, _ actor.Supervisor, pid *actor.PID, _ *actor.RestartStatistics, reason, _ any) {
	p, ok := reason.(*panicked)
	if !ok { // the kit itself is broken
		p = &panicked{path: pid.Id, cause: describe(reason)}
	}
	s.system.fail(fmt.Errorf("an actor crashed more often than its supervisors tolerate: %w", p))
}

var (
	_ actor.SupervisorStrategy = strategy{}
	_ actor.SupervisorStrategy = rootStrategy{}
)
