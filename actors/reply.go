package actors

import (
	"sync/atomic"

	"containment-chamber/messages"
)

// envelope is how a message of a protocol travels. reply is nil for a notice.
type envelope struct {
	message any
	reply   replier
}

// IgnoreDeadLetterLogging keeps the engine from logging the content.
func (*envelope) IgnoreDeadLetterLogging() {}

// lost answers everyone who waits for something in an envelope that will not be handled.
func (e *envelope) lost(err error) {
	if e.reply != nil {
		e.reply.fail(err)
	}
	if h, ok := e.message.(Holder); ok {
		h.Abandon(err)
	}
}

// replier is where an answer goes. The first answer wins; later ones are ignored.
type replier interface {
	fail(err error)
	gone() bool // nobody waits any more
}

type resolver[R any] interface {
	replier
	resolve(R)
}

// Wiper is an answer that holds a secret. Whoever takes it owns it; the kit wipes one that nobody takes, because the asker
// has left, or was answered already.
type Wiper interface{ Wipe() }

type outcome[R any] struct {
	value R
	err   error
}

// discard wipes an answer that nobody takes.
func (o outcome[R]) discard() {
	if w, ok := any(o.value).(Wiper); ok {
		w.Wipe()
	}
}

// waiter is the reply side of [Ask].
type waiter[R any] struct {
	answer chan outcome[R] // holds one
	left   atomic.Bool
}

func (w *waiter[R]) resolve(r R)    { w.put(outcome[R]{value: r}) }
func (w *waiter[R]) fail(err error) { w.put(outcome[R]{err: err}) }
func (w *waiter[R]) gone() bool     { return w.left.Load() }

func (w *waiter[R]) put(o outcome[R]) {
	select {
	case w.answer <- o:
		if w.left.Load() {
			w.leave() // both may have missed it
		}
	default: // answered already
		o.discard()
	}
}

// leave ends the wait. What comes now, or has just come, is for nobody.
func (w *waiter[R]) leave() {
	w.left.Store(true)
	select {
	case o := <-w.answer:
		o.discard()
	default:
	}
}

// Promise is the right and the duty to answer one request later. Keep it where a [Holder] can abandon it.
type Promise[R any] struct{ to resolver[R] }

// Resolve answers with r.
func (p Promise[R]) Resolve(r R) { p.to.resolve(r) }

// Fail answers with err.
func (p Promise[R]) Fail(err error) { p.to.fail(err) }

// Gone reports whether the asker has left.
func (p Promise[R]) Gone() bool { return p.to.gone() }

// Answer answers q, the request being handled, with r.
func Answer[P, R any](c *Context, q messages.Request[P, R], r R) { Defer(c, q).Resolve(r) }

// Defer takes the request being handled out of the turn, to be answered by the Promise.
func Defer[P, R any](c *Context, _ messages.Request[P, R]) Promise[R] {
	return Promise[R]{c.takeReply().(resolver[R])}
}

// Refuse answers the request being handled with err.
func Refuse(c *Context, err error) { c.takeReply().fail(err) }
