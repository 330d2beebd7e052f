package actors

import (
	"time"

	"containment-chamber/messages"
)

// Context is what an actor can do. It is valid inside Receive only: a goroutine or closure that outlives the turn
// takes a [Ref] and values.
type Context struct {
	cell  *cell
	reply replier // of the request being handled, until it is taken
}

// Self returns the actor's own Ref, for children that report to it.
func Self[P any](c *Context) Ref[P] { return Ref[P]{c.cell.node.system, c.cell.node.pid} }

// Spawn makes a child. Its restarts are limited by its own spec. A name that is in use panics: names are the
// programmer's.
func Spawn[P any](c *Context, spec Spec) Ref[P] {
	n := c.cell.node.spawn(c.cell.engine, spec)
	return Ref[P]{n.system, n.pid}
}

// Publish announces an event to all observers, in this turn.
func (c *Context) Publish(e messages.Event) { c.cell.node.system.Publish(e) }

// Ready reports an actor whose spec says Readies.
func (c *Context) Ready() { c.cell.node.setReady(true) }

// Stop ends the actor after this turn. What still waits in its mailbox is answered messages.ErrUnavailable.
func (c *Context) Stop() { c.cell.engine.Stop(c.cell.node.pid) }

// Drained says that a [Drainer] has finished: its children are drained in reverse order, then it stops.
func (c *Context) Drained() { c.cell.drainChildren() }

// Subscribe has the actor told, in a turn of its own, of every event for which pick returns true. It ends with the
// incarnation. pick runs in the publisher's goroutine: it must be quick and touch no state.
func (c *Context) Subscribe(pick func(messages.Event) bool, then func(*Context, messages.Event)) {
	cell := c.cell
	cancel := cell.node.system.Observe(func(e messages.Event) {
		if pick(e) {
			cell.later(func(c *Context) { then(c, e) })
		}
	})
	cell.onEnd = append(cell.onEnd, cancel)
}

// After calls then in a turn of the actor's once d has passed. It belongs to the incarnation that started it: a
// later one never sees it.
func (c *Context) After(d time.Duration, then func(*Context)) Timer {
	cell := c.cell
	t := &timer{}
	t.timer = time.AfterFunc(d, func() {
		cell.later(func(c *Context) {
			if !t.stopped {
				t.stopped = true
				delete(cell.timers, t)
				then(c)
			}
		})
	})
	cell.timers[t] = struct{}{}
	return Timer{cell, t}
}

// Every calls then in a turn of the actor's again and again, d after the last call returned.
func (c *Context) Every(d time.Duration, then func(*Context)) {
	c.After(d, func(c *Context) {
		then(c)
		c.Every(d, then)
	})
}

// Timer is a pending call of [Context.After]. The zero Timer is not pending.
type Timer struct {
	cell *cell
	t    *timer
}

type timer struct {
	timer   *time.Timer
	stopped bool // owned by the actor's turns: a call that was already queued is dropped as well
}

// Stop cancels the call, also when its time has come but its turn has not.
func (t Timer) Stop() {
	if t.t == nil {
		return
	}
	t.t.stopped = true
	t.t.timer.Stop()
	delete(t.cell.timers, t.t)
}

// takeReply hands out the right to answer; there is one for each request.
func (c *Context) takeReply() replier {
	if c.reply == nil {
		panic(bug("actors: no request to answer, or answered twice"))
	}
	r := c.reply
	c.reply = nil
	return r
}
