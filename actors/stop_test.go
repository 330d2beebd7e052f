package actors_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// drainer is an actor with work to finish: it answers what it holds when a time has passed.
type drainer struct {
	keeper
	takes time.Duration
}

func (a drainer) Drain(c *actors.Context) {
	c.After(a.takes, func(c *actors.Context) {
		for _, p := range *a.held {
			p.Resolve(health{})
		}
		c.Drained()
	})
}

// draining is the spec of a drainer.
func draining(name string, takes time.Duration, s script) actors.Spec {
	held := new([]actors.Promise[health])
	out := spec(name, nil)
	out.New = func() actors.Actor { return drainer{keeper{s, held}, takes} }
	return out
}

// noting makes children below the actor that runs it, each of which notes its end.
func noting(c *actors.Context, log *[]string, names ...string) {
	for _, name := range names {
		actors.Spawn[slashing](c, spec(name, func(_ *actors.Context, message any) {
			if _, ok := message.(actors.Ended); ok {
				*log = append(*log, name)
			}
		}))
	}
}

func TestStopGoesFromTheYoungestToTheOldest(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var log []string
		for _, name := range []string{"a", "b", "c"} {
			to := actorstest.Spawn[slashing](k, spec(name, func(_ *actors.Context, message any) {
				if _, ok := message.(actors.Ended); ok {
					log = append(log, name)
				}
			}))
			tell(k, to, func(c *actors.Context) { noting(c, &log, name+"1", name+"2") })
		}
		if err := k.System.Stop(k.T.Context()); err != nil {
			t.Error(err)
		}
		equal(t, "order", strings.Join(log, " "), "c2 c1 c b2 b1 b a2 a1 a")
		equal(t, "tree", len(k.System.Tree()), 0)
		if err := k.System.Stop(k.T.Context()); err != nil {
			t.Errorf("Stop again: %v", err)
		}
	})
}

// A Drainer finishes what it holds, and whoever is older still serves it meanwhile.
func TestStopLetsADrainerFinish(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		older := actorstest.Spawn[slashing](k, spec("older", answers))
		to := actorstest.Spawn[slashing](k, draining("front", time.Second, nothing))
		a := ask(k, to)
		start := time.Now()
		go func() {
			if err := k.System.Stop(k.T.Context()); err != nil {
				t.Error(err)
			}
			equal(t, "took", time.Since(start), time.Second)
		}()
		k.Wait()
		if _, err := actorstest.Ask(k, older, getHealth{}); err != nil {
			t.Errorf("the older actor, while the younger drains: %v", err)
		}
		k.Advance(time.Second)
		if a.err != nil || a.took != time.Second {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
	})
}

// While a Drainer finishes, its children come and go as ever: it hears of their ends, and stays until it is done.
func TestADrainerOutlivesItsChildren(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var ends []actors.ChildEnded
		to := actorstest.Spawn[slashing](k, draining("front", time.Second, func(_ *actors.Context, message any) {
			if m, ok := message.(actors.ChildEnded); ok {
				ends = append(ends, m)
			}
		}))
		var job, worker ref
		tell(k, to, func(c *actors.Context) {
			job, worker = actors.Spawn[slashing](c, spec("job", answers)), actors.Spawn[slashing](c, spec("worker", crashes))
		})
		a := ask(k, to)
		go func() { _ = k.System.Stop(k.T.Context()) }()
		k.Wait()
		tell(k, job, (*actors.Context).Stop)
		if _, err := actorstest.Ask(k, worker, getHealth{}); !errors.Is(err, messages.ErrCrashed) {
			t.Error(err)
		}
		k.Wait()
		if len(ends) != 2 || ends[0] != (actors.ChildEnded{Name: "job"}) || ends[1] != (actors.ChildEnded{Name: "worker", Crashed: true}) {
			t.Errorf("ends: %v", ends)
		}
		k.Advance(time.Second)
		if a.err != nil || a.took != time.Second {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
	})
}

func TestStopEndsADrainerThatTakesTooLong(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, draining("front", time.Hour, nothing))
		a := ask(k, to)
		ctx, cancel := context.WithTimeout(k.T.Context(), time.Second)
		defer cancel()
		err := k.System.Stop(ctx)
		if err == nil || err.Error() != "stopped before they had finished: test, test/front" {
			t.Errorf("got %v", err)
		}
		k.Wait()
		if !errors.Is(a.err, messages.ErrUnavailable) || a.took != time.Second {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
		equal(t, "tree", len(k.System.Tree()), 0)
	})
}

func TestStopNamesWhoHangs(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var log []string
		to := actorstest.Spawn[slashing](k, spec("older", func(_ *actors.Context, message any) {
			if _, ok := message.(actors.Ended); ok {
				log = append(log, "older")
			}
		}))
		tell(k, to, func(c *actors.Context) { noting(c, &log, "child") })
		release := block(k, actorstest.Spawn[slashing](k, spec("hung", answers)))
		ctx, cancel := context.WithTimeout(k.T.Context(), time.Second)
		defer cancel()
		err := k.System.Stop(ctx)
		if err == nil || err.Error() != "did not stop: test, test/hung" {
			t.Errorf("got %v", err)
		}
		equal(t, "ended", strings.Join(log, " "), "older child") // at once, not in order
		release()
		equal(t, "tree", len(k.System.Tree()), 0)
	})
}

func TestStopAfterFailure(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, draining("front", time.Hour, nothing))
		a := ask(k, to)
		k.Crash("test")
		start := time.Now()
		if err := k.System.Stop(k.T.Context()); err != nil {
			t.Error(err)
		}
		equal(t, "took", time.Since(start), 0)
		k.Wait()
		if !errors.Is(a.err, messages.ErrUnavailable) {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
	})
}

// Who crashes during the drain is not restarted, and the drain goes on without it.
func TestCrashDuringDrain(t *testing.T) {
	for _, victim := range []string{"test/front", "test/older"} {
		t.Run(victim, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				actorstest.Spawn[slashing](k, spec("older", answers))
				to := actorstest.Spawn[slashing](k, draining("front", time.Second, nothing))
				a := ask(k, to)
				stopped := false
				go func() {
					if err := k.System.Stop(k.T.Context()); err != nil {
						t.Error(err)
					}
					stopped = true
				}()
				k.Wait()
				k.Crash(victim)
				k.Advance(time.Minute)
				if !stopped || !a.done.Load() {
					t.Errorf("stopped %v, answered %v", stopped, a.done.Load())
				}
				equal(t, "restarts", len(actorstest.Events[messages.ActorRestarted](k)), 0)
			})
		})
	}
}

func TestCrashOfTheRootDuringDrain(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		actorstest.Spawn[slashing](k, draining("front", time.Hour, nothing))
		stopped := false
		go func() {
			if err := k.System.Stop(k.T.Context()); err != nil {
				t.Error(err)
			}
			stopped = true
		}()
		k.Wait()
		k.Crash("test")
		if !stopped {
			t.Error("Stop waits for a root that is dead")
		}
	})
}
