package actors

import (
	"fmt"
	"sync/atomic"
	"time"

	"containment-chamber/messages"
)

// Pipe asks another actor without waiting: then is called with the answer in a later turn of the asking actor. It is
// called exactly once, with messages.ErrExpired when within passes first, unless the incarnation that asked ends
// before; then the answer is dropped, and wiped if it is a [Wiper]. State that must survive until then belongs to the
// actor, not to the closure.
func Pipe[P, R any](c *Context, to Ref[P], q messages.Request[P, R], p Piped[R]) {
	w := &pipe[R]{cell: c.cell, then: p.Then}
	if p.Within > 0 {
		w.timer = time.AfterFunc(p.Within, func() {
			w.put(outcome[R]{err: fmt.Errorf("%w: no answer within %v", messages.ErrExpired, p.Within)})
		})
	}
	to.post(&envelope{message: q, reply: w})
}

// Piped says what to do with an answer, and how long to wait for it. A Within of 0 waits as long as it takes, which
// is for ever if the other hangs.
type Piped[R any] struct {
	Within time.Duration
	Then   func(*Context, R, error)
}

// pipe is the reply side of [Pipe]: it turns the answer into a turn of the asker.
type pipe[R any] struct {
	cell  *cell
	then  func(*Context, R, error)
	timer *time.Timer // nil without a limit
	done  atomic.Bool
}

func (w *pipe[R]) resolve(r R)    { w.settle(outcome[R]{value: r}) }
func (w *pipe[R]) fail(err error) { w.settle(outcome[R]{err: err}) }
func (w *pipe[R]) gone() bool     { return w.done.Load() }

func (w *pipe[R]) settle(o outcome[R]) {
	if w.timer != nil {
		w.timer.Stop()
	}
	w.put(o)
}

// put leaves the timer alone: the timer itself may call it before Pipe has kept it.
func (w *pipe[R]) put(o outcome[R]) {
	if !w.done.CompareAndSwap(false, true) {
		o.discard()
		return
	}
	w.cell.send(&call{cell: w.cell, run: func(c *Context) { w.then(c, o.value, o.err) }, lost: o.discard})
}
