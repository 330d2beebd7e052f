package actors

import (
	"context"
	"fmt"
	"time"

	"github.com/asynkron/protoactor-go/actor"

	"containment-chamber/messages"
)

// Ref addresses an actor that speaks protocol P, over all its incarnations. The zero Ref addresses nobody: asks are
// answered with messages.ErrUnavailable, notices vanish.
type Ref[P any] struct {
	system *System
	pid    *actor.PID
}

// Notice is a message of the kit's users to an actor that speaks P, not answered. Declare it in the actor's own
// package; the method has no body.
type Notice[P any] interface{ Told(P) }

// Lookup returns the Ref of the actor at path, such as "chamber/signing", whether or not it lives yet.
func Lookup[P any](s *System, path string) Ref[P] {
	return Ref[P]{s, s.engine.NewLocalPID(path)}
}

// Dated is implemented by a request that is of no use after some time: [Ask] does not wait longer. On a hot path that is
// cheaper than a context with a deadline.
type Dated interface{ UsefulUntil() time.Time }

// Ask sends q and waits for the answer, for as long as ctx allows, and q if it is [Dated]; then it returns
// messages.ErrExpired, and the actor can see that nobody waits any more. It is for code outside the tree: an actor uses
// [Pipe] and never waits.
func Ask[P, R any](ctx context.Context, to Ref[P], q messages.Request[P, R]) (R, error) {
	w := &waiter[R]{answer: make(chan outcome[R], 1)}
	defer w.leave()
	to.post(&envelope{message: q, reply: w})
	var late <-chan time.Time
	if dated, ok := any(q).(Dated); ok {
		timer := time.NewTimer(time.Until(dated.UsefulUntil()))
		defer timer.Stop()
		late = timer.C
	}
	cause := context.DeadlineExceeded
	select {
	case o := <-w.answer:
		return o.value, o.err
	case <-late:
	case <-ctx.Done():
		cause = context.Cause(ctx)
	}
	var none R
	return none, fmt.Errorf("%w: %w", messages.ErrExpired, cause)
}

// Bind turns a Ref into the plain function that a package without actors is given.
func Bind[Q messages.Request[P, R], P, R any](to Ref[P]) func(context.Context, Q) (R, error) {
	return func(ctx context.Context, q Q) (R, error) { return Ask(ctx, to, messages.Request[P, R](q)) }
}

// Tell sends n and forgets it.
func Tell[P any](to Ref[P], n Notice[P]) { to.post(&envelope{message: n}) }

func (r Ref[P]) post(e *envelope) {
	if r.pid == nil {
		e.lost(messages.ErrUnavailable)
		return
	}
	r.system.engine.Root.Send(r.pid, e)
}
