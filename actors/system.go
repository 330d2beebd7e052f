package actors

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"containment-chamber/messages"
)

// System holds one tree of actors, and what stands around it: observers, readiness, failure, shutdown.
type System struct {
	engine    *actor.ActorSystem
	tree      *tree
	root      atomic.Pointer[node]
	observers observers
	born      time.Time
	failed    context.Context
	fail      context.CancelCauseFunc
}

// NewSystem makes an empty system. log gets what the engine itself has to say, which is nothing unless it is broken.
func NewSystem(log *slog.Logger) *System {
	s := &System{tree: newTree(), born: time.Now()}
	s.failed, s.fail = context.WithCancelCause(context.Background())
	s.engine = actor.NewActorSystem(
		actor.WithLoggerFactory(func(*actor.ActorSystem) *slog.Logger { return slog.New(engineLog{log.Handler()}) }),
		actor.WithDeadLetterThrottleInterval(engineTick), // its goroutine lives that long
	)
	s.engine.EventStream.Subscribe(s.deadLetter)
	return s
}

// Start makes the root of the tree. A root that crashes is not restarted: the system fails.
func Start[P any](s *System, spec Spec) Ref[P] {
	if s.root.Load() != nil {
		panic(bug("actors: a system has one root"))
	}
	n := newNode(s, "", spec)
	s.root.Store(n)
	_, _ = s.engine.Root.SpawnNamed(n.props().Configure(actor.WithGuardian(rootStrategy{s})), spec.Name) // the name is free
	return Ref[P]{s, n.pid}
}

// Failed is done when the tree has crashed beyond what its supervisors tolerate; its cause says what. The process
// should then stop the system and exit, for the orchestrator to start it again: fail-stop, never a zombie.
func (s *System) Failed() context.Context { return s.failed }

// Fail fails the system as its root would, for a cause that no restart can mend. The first cause stands.
func (s *System) Fail(cause error) { s.fail(cause) }

// AwaitReady waits until every actor has reported ready. The error names those that have not, or what failed.
func (s *System) AwaitReady(ctx context.Context) error {
	for {
		waiting, change := s.tree.paths(isWaiting)
		if len(waiting) == 0 {
			return nil
		}
		select {
		case <-change:
		case <-s.failed.Done():
			return context.Cause(s.failed)
		case <-ctx.Done():
			return fmt.Errorf("not ready in time: %s", strings.Join(waiting, ", "))
		}
	}
}

// Stop drains the tree: the youngest child first, each with its own children, the root last. When ctx ends before, or
// the system has failed, everything is stopped at once, work or no work. The error names who did not stop at all.
func (s *System) Stop(ctx context.Context) error {
	root := s.root.Load()
	if root == nil {
		return nil
	}
	if s.failed.Err() == nil {
		s.engine.Root.Send(root.pid, drain{})
		select {
		case <-root.gone:
			return nil
		case <-s.failed.Done():
		case <-ctx.Done():
		}
	}
	late := s.Tree()
	if len(late) == 0 {
		return nil // it had stopped before
	}
	s.engine.Root.Stop(root.pid)
	return s.awaitStopped(root, late)
}

// awaitStopped gives actors that are in the middle of something a moment to notice that they were stopped.
func (s *System) awaitStopped(root *node, late []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), stopGrace)
	defer cancel()
	select {
	case <-root.gone:
		if s.failed.Err() != nil {
			return nil
		}
		return fmt.Errorf("stopped before they had finished: %s", strings.Join(late, ", "))
	case <-ctx.Done():
		return fmt.Errorf("did not stop: %s", strings.Join(s.Tree(), ", "))
	}
}

// Crash panics the actor at path in a turn of its own: the fault that drills and tests inject. It reports whether
// there is such an actor.
func (s *System) Crash(path string) bool { return s.inject(path, crash{}) }

// Hang blocks the actor at path for a while, in a turn of its own: the other fault. It reports whether there is such
// an actor.
func (s *System) Hang(path string, length time.Duration) bool { return s.inject(path, hang{length}) }

func (s *System) inject(path string, fault any) bool {
	n := s.tree.get(path)
	if n != nil {
		s.engine.Root.Send(n.pid, fault)
	}
	return n != nil
}

func (s *System) deadLetter(e any) {
	letter, ok := e.(*actor.DeadLetterEvent)
	if !ok {
		return
	}
	switch m := letter.Message.(type) {
	case *envelope:
		m.lost(messages.ErrUnavailable)
		s.Publish(messages.MessageDeadLettered{Actor: Class(letter.PID.GetId()), Type: typeName(m.message)})
	case *call:
		m.lost()
	}
}
