package actors_test

import (
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// The protocol of most test actors.
type (
	slashing  = messages.Slashing
	getHealth = messages.GetSlashingHealth
	health    = messages.SlashingHealth
	ref       = actors.Ref[slashing]
)

// script is an actor that does what its test says, and obeys orders.
type script func(c *actors.Context, message any)

func (s script) Receive(c *actors.Context, message any) {
	if o, ok := message.(order); ok {
		o.run(c)
		return
	}
	s(c, message)
}

// order is a notice that has an actor do something in a turn of its own.
type order struct{ run func(*actors.Context) }

func (order) Told(slashing) {}

// tell has the actor run something, and waits until all is idle.
func tell(k *actorstest.Kit, to ref, run func(*actors.Context)) {
	actors.Tell(to, order{run})
	k.Wait()
}

func spec(name string, s script) actors.Spec {
	return actors.Spec{Name: name, Mailbox: 4, New: func() actors.Actor { return s }}
}

// answers answers every request.
func answers(c *actors.Context, message any) {
	if q, ok := message.(getHealth); ok {
		actors.Answer(c, q, health{})
	}
}

// crashes panics at every request.
func crashes(_ *actors.Context, message any) {
	if _, ok := message.(getHealth); ok {
		panic("asked for")
	}
}

// asked is a request under way. The rest is set once it is done.
type asked struct {
	health health
	err    error
	took   time.Duration
	done   atomic.Bool
}

// ask asks without waiting for the answer; all is idle when it returns.
func ask(k *actorstest.Kit, to ref) *asked {
	a, start := &asked{}, time.Now()
	go func() {
		a.health, a.err = actorstest.Ask(k, to, getHealth{})
		a.took = time.Since(start)
		a.done.Store(true)
	}()
	k.Wait()
	return a
}

// keeper defers every request.
type keeper struct {
	script
	held *[]actors.Promise[health]
}

func (a keeper) Receive(c *actors.Context, message any) {
	if q, ok := message.(getHealth); ok {
		*a.held = append(*a.held, actors.Defer(c, q))
		return
	}
	a.script.Receive(c, message)
}

// Abandon implements actors.Holder.
func (a keeper) Abandon(err error) {
	for _, p := range *a.held {
		p.Fail(err)
	}
	*a.held = nil
}

// keeping is the spec of a keeper; what it holds is seen in held.
func keeping(name string, held *[]actors.Promise[health]) actors.Spec {
	s := spec(name, nil)
	s.New = func() actors.Actor { return keeper{func(*actors.Context, any) {}, held} }
	return s
}

// parcel is a notice that carries promises.
type parcel struct{ promises []actors.Promise[health] }

func (parcel) Told(slashing) {}

// Abandon implements actors.Holder.
func (p parcel) Abandon(err error) {
	for _, promise := range p.promises {
		promise.Fail(err)
	}
}

// block makes an actor hang in a turn until release is called.
func block(k *actorstest.Kit, to ref) (release func()) {
	gate := make(chan struct{})
	tell(k, to, func(*actors.Context) { <-gate })
	return func() {
		close(gate)
		k.Wait()
	}
}

// restarts is a supervision that takes up to n crashes in a minute, each with a second's pause at most.
func restarts(n int) actors.Restart {
	return actors.Restart{Max: n, Period: time.Minute, Base: time.Second, Cap: time.Second}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
