package actors

import (
	"sync/atomic"

	"github.com/asynkron/protoactor-go/actor"

	"containment-chamber/messages"
)

// mailbox admits messages: it refuses at once, with an answer to whoever waits, where the engine's mailboxes would
// block, drop or forget. The limit is for requests. Notices and the kit's own messages pass it: each follows from
// something that was admitted already, and nobody would hear of its loss.
type mailbox struct {
	actor.Mailbox
	node    *node
	limit   int64
	waiting atomic.Int64 // requests that hold a place
	down    atomic.Bool  // crashed, and not restarted yet
	dead    atomic.Bool  // stopping for good
}

func newMailbox(n *node) *mailbox {
	return &mailbox{Mailbox: actor.Unbounded()(), node: n, limit: int64(n.spec.Mailbox)}
}

// close has everything that is queued, or comes later, answered messages.ErrUnavailable. A crash suspended the
// mailbox: what is queued comes out only when it is resumed.
func (m *mailbox) close() {
	m.dead.Store(true)
	m.Mailbox.PostSystemMessage(&actor.ResumeMailbox{})
}

func (m *mailbox) closed() bool { return m.dead.Load() || m.down.Load() }

// PostUserMessage implements the engine's Mailbox.
func (m *mailbox) PostUserMessage(message any) {
	switch e := message.(type) {
	case *envelope:
		m.admit(e)
	case *call:
		if m.closed() {
			e.lost() // its incarnation has ended
			return
		}
		m.Mailbox.PostUserMessage(e)
	case drain, crash, hang, ping, due:
		m.Mailbox.PostUserMessage(message)
	default: // not the kit's: nil would have the engine spin, anything else has no protocol
	}
}

func (m *mailbox) admit(e *envelope) {
	switch {
	case m.closed():
		e.lost(messages.ErrUnavailable)
	case e.reply != nil && !m.take():
		e.lost(messages.ErrOverloaded)
		m.node.system.Publish(messages.QueueRefused{Queue: m.node.class})
	default:
		m.Mailbox.PostUserMessage(e)
	}
}

// take takes a place, if there is one. The engine counts only after it has queued, too late for senders that race.
func (m *mailbox) take() bool {
	for {
		n := m.waiting.Load()
		if n >= m.limit {
			return false
		}
		if m.waiting.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// PostSystemMessage implements the engine's Mailbox.
func (m *mailbox) PostSystemMessage(message any) {
	switch message.(type) {
	case *actor.SuspendMailbox:
		m.down.Store(true)
	case *actor.ResumeMailbox:
		m.down.Store(false)
	}
	m.Mailbox.PostSystemMessage(message)
}

// RegisterHandlers implements the engine's Mailbox.
func (m *mailbox) RegisterHandlers(invoker actor.MessageInvoker, dispatcher actor.Dispatcher) {
	m.Mailbox.RegisterHandlers(&gate{invoker, m}, dispatcher)
}

// gate stands between the mailbox and the engine, which would forget what a stopped actor left in its queue.
type gate struct {
	actor.MessageInvoker
	box *mailbox
}

// InvokeUserMessage implements the engine's MessageInvoker.
func (g *gate) InvokeUserMessage(message any) {
	switch m := message.(type) {
	case *envelope:
		if m.reply != nil {
			g.box.waiting.Add(-1)
		}
		if g.box.closed() {
			m.lost(messages.ErrUnavailable)
			return
		}
	case *call:
		if g.box.closed() {
			m.lost()
			return
		}
	}
	g.MessageInvoker.InvokeUserMessage(message)
}

// InvokeSystemMessage implements the engine's MessageInvoker. The engine would let a restart revive an actor that is
// stopping.
func (g *gate) InvokeSystemMessage(message any) {
	if _, ok := message.(*actor.Restart); ok && g.box.dead.Load() {
		return
	}
	g.MessageInvoker.InvokeSystemMessage(message)
}

var _ actor.Mailbox = (*mailbox)(nil)
