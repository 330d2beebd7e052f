package actors

import (
	"errors"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"containment-chamber/messages"
)

// cell runs one incarnation: it is the engine's idea of an actor, and calls ours. Its fields belong to the actor's
// turns.
type cell struct {
	node   *node
	actor  Actor
	engine actor.Context // of the turn under way
	ctx    Context
	timers map[*timer]struct{}
	onEnd  []func()
	alive  bool // between Started and Ended
}

// internal messages travel outside the limits of the mailbox.
type (
	call struct { // one call, tied to an incarnation
		cell *cell
		run  func(*Context)
		lost func() // called instead when the incarnation has ended
	}
	drain struct{}
	crash struct{}
	hang  struct{ length time.Duration }
	due   struct{ child *node } // the pause before a child's restart is over
)

func (*call) IgnoreDeadLetterLogging() {}
func (drain) IgnoreDeadLetterLogging() {}
func (crash) IgnoreDeadLetterLogging() {}
func (hang) IgnoreDeadLetterLogging()  {}
func (due) IgnoreDeadLetterLogging()   {}

// later queues a call for a turn of this incarnation; it is dropped when the incarnation has ended by then.
func (c *cell) later(run func(*Context)) { c.send(&call{cell: c, run: run, lost: func() {}}) }

func (c *cell) send(m *call) { c.node.system.engine.Root.Send(c.node.pid, m) }

// Receive implements the engine's actor.Actor.
func (c *cell) Receive(engine actor.Context) {
	c.engine = engine
	switch m := engine.Message().(type) {
	case *actor.Started:
		c.turn("Started", nil, c.begin)
	case *actor.Restarting:
		c.end(messages.ErrCrashed) // unless the crash itself did
	case *actor.Stopping:
		c.node.box.close()
		c.end(messages.ErrUnavailable)
	case *actor.Stopped:
		c.node.remove()
	case *actor.Terminated:
		c.turn("ChildEnded", nil, func() { c.childEnded(m.Who) })
	case *envelope:
		c.turn(typeName(m.message), m, func() { c.handle(m) })
	case *call:
		if m.cell == c && c.alive {
			c.turn("turn", nil, func() { m.run(&c.ctx) })
		} else {
			m.lost()
		}
	case due:
		c.node.restartChild(engine, m.child)
	case drain:
		if c.alive {
			c.turn("Drain", nil, c.drain)
		}
	case crash:
		if c.alive {
			c.turn("Crash", nil, func() { panic(bug("actors: crash asked for")) })
		}
	case hang:
		if c.alive {
			<-time.After(m.length)
		}
	case ping:
		c.node.quiet.Store(0)
	}
	c.node.alive()
}

func (c *cell) begin() {
	c.alive = true
	c.node.quiet.Store(0) // what the last incarnation owed
	c.actor = c.node.spec.New()
	c.node.system.Publish(messages.ActorStarted{Actor: c.node.class, Name: c.node.path})
	c.actor.Receive(&c.ctx, Started{})
	if !c.node.spec.Readies {
		c.node.setReady(true)
	}
}

func (c *cell) handle(e *envelope) {
	c.ctx.reply = e.reply
	c.actor.Receive(&c.ctx, e.message)
	if c.ctx.reply != nil {
		panic(bug("actors: a request was neither answered nor deferred"))
	}
}

func (c *cell) childEnded(pid *actor.PID) {
	child := c.node.childGone(pid)
	if child == nil || !c.alive {
		return
	}
	if c.node.drained {
		c.drainChildren()
		return
	}
	c.actor.Receive(&c.ctx, ChildEnded{Name: child.spec.Name, Crashed: child.crashed})
}

// turn runs f and, if it panics, settles everything that the incarnation owed, before the supervisor hears of it.
func (c *cell) turn(message string, e *envelope, f func()) {
	defer func() {
		c.ctx.reply = nil
		v := recover()
		if v == nil {
			return
		}
		c.node.box.down.Store(true) // whoever is answered below may ask again at once
		c.report(message, v)
		if e != nil {
			c.quietly("Abandon", func() { e.lost(messages.ErrCrashed) })
		}
		c.end(messages.ErrCrashed)
		panic(&panicked{path: c.node.path, cause: describe(v)})
	}()
	f()
}

// end ends the incarnation, once. A panic on the way is published and does not stop the rest.
func (c *cell) end(why error) {
	c.node.setReady(false)
	if !c.alive {
		return
	}
	c.alive = false
	for t := range c.timers {
		t.timer.Stop()
	}
	for _, cancel := range c.onEnd {
		cancel()
	}
	if h, ok := c.actor.(Holder); ok {
		c.quietly("Abandon", func() { h.Abandon(why) })
	}
	if c.actor != nil { // New may have panicked
		c.quietly("Ended", func() { c.actor.Receive(&c.ctx, Ended{Crashed: errors.Is(why, messages.ErrCrashed)}) })
	}
}

func (c *cell) quietly(message string, f func()) {
	defer func() {
		if v := recover(); v != nil {
			c.report(message, v)
		}
	}()
	f()
}

// report publishes a panic. It is called while the stack of the panic still stands.
func (c *cell) report(message string, v any) {
	c.node.system.Publish(messages.ActorPanicked{
		Actor: c.node.class, Name: c.node.path, Message: message, Cause: describe(v), Stack: messages.Stack(2), // without report and the deferred function
	})
}

func (c *cell) drain() {
	if c.node.draining {
		return
	}
	c.node.draining = true
	if d, ok := c.actor.(Drainer); ok {
		d.Drain(&c.ctx)
		return
	}
	c.drainChildren()
}

// drainChildren drains the youngest child; its end brings us back here.
func (c *cell) drainChildren() {
	c.node.drained = true
	switch youngest := c.node.youngestChild(); {
	case youngest == nil:
		c.engine.Stop(c.node.pid)
	case youngest.box.down.Load(): // crashed: it has nothing left to finish
		c.engine.Stop(youngest.pid)
	default:
		c.engine.Send(youngest.pid, drain{})
	}
}

var _ actor.Actor = (*cell)(nil)

const (
	engineTick = time.Millisecond
	stopGrace  = 2 * time.Second // longer than any turn that is not hung
)
