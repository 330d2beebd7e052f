// Package actorstest tests one actor at a time, in virtual time: a back-off of ten seconds takes no time at all, and
// a test that passes once passes always.
//
//	func TestRefusesAfterCrash(t *testing.T) {
//		actorstest.Run(t, func(k *actorstest.Kit) {
//			ref := actorstest.Spawn[messages.Slashing](k, slashing.Spec(cfg))
//			_, err := actorstest.Ask(k, ref, messages.GetSlashingHealth{})
//			k.Crash("test/slashing")
//			k.Advance(time.Minute) // back-off, restart
//			actorstest.Expect[messages.ActorRestarted](k)
//		})
//	}
//
// # Decisions
//
// Everything runs in a testing/synctest bubble with a fresh actor system. The actor under test is a child of a root
// named "test", so that it is supervised as it is in the product. At the end the tree is drained; an actor that does
// not stop fails the test, and so does anything that the engine logs. Do not call t.Fatal in an actor's turn: it ends
// the goroutine, and with it the mailbox, without a sound. Use k.T.Context(), not the Context of the test outside.
//
// What an actor has written may be read after Wait or Advance. The other way round the race detector sees no order in
// time that passes: what a test has touched before it advances the clock, and a timer has the actor write thereafter,
// must be atomic.
package actorstest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// Kit is one test's actor system.
type Kit struct {
	T      *testing.T
	System *actors.System
	root   actors.Ref[root]
	mu     sync.Mutex
	events []messages.Event
}

// Run calls test in a bubble of virtual time.
func Run(t *testing.T, test func(*Kit)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		k := &Kit{T: t, System: actors.NewSystem(slog.New(failing{t}))}
		k.System.Observe(k.record)
		k.root = actors.Start[root](k.System, actors.Spec{Name: "test", Mailbox: 64, New: func() actors.Actor { return root{} }})
		test(k)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := k.System.Stop(ctx); err != nil {
			t.Errorf("at the end of the test: %v", err)
		}
		time.Sleep(2 * time.Second) // virtual; the engine's dead-letter throttle lives on for a moment
	})
}

// Spawn makes the actor of spec, as a child of "test", and waits until it is idle. A spec without restarts gets four
// in a minute.
func Spawn[P any](k *Kit, spec actors.Spec) actors.Ref[P] {
	k.T.Helper()
	if spec.Restart == (actors.Restart{}) {
		spec.Restart = actors.Restart{Max: 4, Period: time.Minute, Base: 100 * time.Millisecond, Cap: 2 * time.Second}
	}
	var ref actors.Ref[P]
	actors.Tell(k.root, do{func(c *actors.Context) { ref = actors.Spawn[P](c, spec) }})
	synctest.Wait()
	return ref
}

// Ask asks with a minute of virtual patience.
func Ask[P, R any](k *Kit, to actors.Ref[P], q messages.Request[P, R]) (R, error) {
	k.T.Helper()
	ctx, cancel := context.WithTimeout(k.T.Context(), time.Minute)
	defer cancel()
	return actors.Ask(ctx, to, q)
}

// Crash panics the actor at path, such as "test/slashing", and waits until the supervisor has decided.
func (k *Kit) Crash(path string) {
	k.T.Helper()
	if !k.System.Crash(path) {
		k.T.Fatalf("no actor at %s; there are %v", path, k.System.Tree())
	}
	synctest.Wait()
}

// Advance lets d of virtual time pass, and waits until all is idle.
func (k *Kit) Advance(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// Wait waits until every actor is idle.
func (k *Kit) Wait() { synctest.Wait() }

// Events returns all events of type E so far.
func Events[E messages.Event](k *Kit) []E {
	synctest.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	var out []E
	for _, e := range k.events {
		if e, ok := e.(E); ok {
			out = append(out, e)
		}
	}
	return out
}

// Expect returns the latest event of type E, and fails the test when there was none.
func Expect[E messages.Event](k *Kit) E {
	k.T.Helper()
	all := Events[E](k)
	if len(all) == 0 {
		var want E
		k.T.Fatalf("no %T was published", want)
	}
	return all[len(all)-1]
}

func (k *Kit) record(e messages.Event) {
	k.mu.Lock()
	k.events = append(k.events, e)
	k.mu.Unlock()
}

// root does what tests tell it, in its own turns.
type root struct{}

type do struct{ run func(*actors.Context) }

func (do) Told(root) {}

func (root) Receive(c *actors.Context, message any) {
	if m, ok := message.(do); ok {
		m.run(c)
	}
}

// failing is a log that may not be written to.
type failing struct{ t *testing.T }

func (failing) Enabled(context.Context, slog.Level) bool { return true }
func (f failing) WithAttrs([]slog.Attr) slog.Handler     { return f }
func (f failing) WithGroup(string) slog.Handler          { return f }
func (f failing) Handle(_ context.Context, r slog.Record) error {
	f.t.Errorf("logged: %s", r.Message)
	return nil
}
