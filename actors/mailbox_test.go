package actors_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestMailboxRefusesWhatIsBeyondItsLimit(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("worker-03", answers)) // 4 places
		release := block(k, to)
		var all []*asked
		for range 10 {
			all = append(all, ask(k, to))
		}
		for i, a := range all {
			if i < 4 && a.done.Load() || i >= 4 && (!errors.Is(a.err, messages.ErrOverloaded) || a.took != 0) {
				t.Errorf("request %d: answered %v: %v after %v", i, a.done.Load(), a.err, a.took)
			}
		}
		events := actorstest.Events[messages.QueueRefused](k)
		equal(t, "QueueRefused", len(events), 6)
		equal(t, "class", events[0], messages.QueueRefused{Queue: "worker"})
		equal(t, "depth", k.System.Mailboxes()["worker"], 4)
		release()
		for i, a := range all[:4] {
			if !a.done.Load() || a.err != nil {
				t.Errorf("request %d, admitted: answered %v: %v", i, a.done.Load(), a.err)
			}
		}
		equal(t, "depth at rest", k.System.Mailboxes()["worker"], 0)
	})
}

// Senders that race take exactly as many places as there are.
func TestMailboxLimitIsExactUnderContention(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("worker-03", answers))
		for range 50 {
			release := block(k, to)
			var refused atomic.Int64
			var wg sync.WaitGroup
			start := make(chan struct{})
			for range 16 {
				wg.Go(func() {
					<-start
					if _, err := actorstest.Ask(k, to, getHealth{}); errors.Is(err, messages.ErrOverloaded) {
						refused.Add(1)
					}
				})
			}
			close(start)
			k.Wait()
			equal(t, "refused", refused.Load(), 12)
			release()
			wg.Wait()
		}
	})
}

// After any mixture of crashes there are as many places as before.
func TestPlacesAreReleasedAcrossCrashes(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("store", answers)
		s.Restart = restarts(100)
		to := actorstest.Spawn[slashing](k, s)
		for range 20 {
			release := block(k, to)
			k.System.Crash("test/store")
			for range 6 {
				ask(k, to)
			}
			release()              // crashes, with four requests behind
			k.Advance(time.Second) // restarts
		}
		release := block(k, to)
		waiting := 0
		for range 6 {
			if !ask(k, to).done.Load() {
				waiting++
			}
		}
		equal(t, "places", waiting, 4)
		release()
	})
}

func TestNoticesPassTheLimit(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		release := block(k, to)
		ran := 0
		for range 20 {
			tell(k, to, func(*actors.Context) { ran++ })
		}
		a := ask(k, to) // notices take no place either
		release()
		equal(t, "notices", ran, 20)
		equal(t, "request", a.err, nil)
	})
}

func TestWhileDownRequestsAreUnavailable(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", crashes))
		if _, err := actorstest.Ask(k, to, getHealth{}); !errors.Is(err, messages.ErrCrashed) {
			t.Errorf("at the crash: %v", err)
		}
		start := time.Now() // and without a pause: whoever knows of the crash finds the actor down
		if _, err := actorstest.Ask(k, to, getHealth{}); !errors.Is(err, messages.ErrUnavailable) {
			t.Errorf("while down: %v", err)
		}
		equal(t, "waited", time.Since(start), 0)
		k.Advance(time.Second)
		if _, err := actorstest.Ask(k, to, getHealth{}); !errors.Is(err, messages.ErrCrashed) {
			t.Errorf("after the restart: %v", err)
		}
	})
}

func TestQueuedBehindACrashIsForTheNextIncarnation(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("store", answers)
		s.Restart = restarts(1)
		to := actorstest.Spawn[slashing](k, s)
		release := block(k, to)
		k.System.Crash("test/store")
		a := ask(k, to)
		release()
		if a.done.Load() {
			t.Error("answered by an actor that is down")
		}
		k.Advance(time.Second)
		if !a.done.Load() || a.err != nil || a.took != actorstest.Expect[messages.ActorRestarted](k).Delay {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
	})
}

// What waits for an actor that will never turn to it is answered when that is certain.
func TestQueuedInAStoppedActorIsAnswered(t *testing.T) {
	for name, end := range map[string]func(*actorstest.Kit, ref){
		"stopped": func(_ *actorstest.Kit, to ref) { actors.Tell(to, order{func(c *actors.Context) { c.Stop() }}) },
		"crashed": func(k *actorstest.Kit, _ ref) { k.System.Crash("test/parent/store") },
	} {
		for _, restart := range []actors.Restart{{}, {Temporary: true}} {
			t.Run(name, func(t *testing.T) {
				actorstest.Run(t, func(k *actorstest.Kit) {
					parent := actorstest.Spawn[slashing](k, spec("parent", answers))
					s := spec("store", answers)
					s.Restart = restart
					var to ref
					tell(k, parent, func(c *actors.Context) { to = actors.Spawn[slashing](c, s) })
					release := block(k, to)
					end(k, to)
					a, b := ask(k, to), ask(k, to)
					release()
					for _, a := range []*asked{a, b} {
						if !errors.Is(a.err, messages.ErrUnavailable) || !a.done.Load() || a.took != 0 {
							t.Errorf("restart %+v: answered %v: %v after %v", restart, a.done.Load(), a.err, a.took)
						}
					}
				})
			})
		}
	}
}

func TestQueuedBehindACrashIsAnsweredWhenTheSystemStops(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		release := block(k, to)
		k.System.Crash("test/store")
		a := ask(k, to)
		release()
		if err := k.System.Stop(k.T.Context()); err != nil {
			t.Error(err)
		}
		k.Wait()
		if !errors.Is(a.err, messages.ErrUnavailable) || !a.done.Load() || a.took != 0 {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
	})
}
