package actors_test

import (
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestAfter(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		var calls atomic.Int64
		tell(k, to, func(c *actors.Context) {
			c.After(time.Second, func(*actors.Context) { calls.Add(1) })
		})
		k.Advance(time.Second - 1)
		equal(t, "before its time", calls.Load(), 0)
		k.Advance(1)
		equal(t, "at its time", calls.Load(), 1)
		k.Advance(time.Hour)
		equal(t, "ever after", calls.Load(), 1)
	})
}

func TestEvery(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		var at []time.Duration
		start := time.Now()
		tell(k, to, func(c *actors.Context) {
			c.Every(time.Second, func(*actors.Context) {
				at = append(at, time.Since(start))
				time.Sleep(time.Second / 2) // the next comes a second after this
			})
		})
		k.Advance(4 * time.Second)
		equal(t, "calls", len(at), 3)
		for i, want := range []time.Duration{1000, 2500, 4000} {
			equal(t, "call", at[i], want*time.Millisecond)
		}
	})
}

func TestTimerStop(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		calls := 0
		count := func(*actors.Context) { calls++ }
		tell(k, to, func(c *actors.Context) {
			timer := c.After(time.Second, count)
			timer.Stop()
			timer.Stop()
			actors.Timer{}.Stop()
		})
		k.Advance(time.Minute)
		equal(t, "calls after Stop", calls, 0)
		tell(k, to, func(c *actors.Context) {
			timer := c.After(time.Second, count)
			time.Sleep(2 * time.Second) // its time comes, and its call waits for the end of this turn
			timer.Stop()
		})
		k.Advance(time.Minute)
		equal(t, "calls after Stop of a call that was queued", calls, 0)
		tell(k, to, func(c *actors.Context) {
			var timer actors.Timer
			timer = c.After(time.Second, func(*actors.Context) {
				calls++
				timer.Stop() // too late, and harmless
			})
		})
		k.Advance(time.Minute)
		equal(t, "calls", calls, 1)
	})
}

// Nothing that an incarnation began reaches a later one, nor outlives the actor.
func TestTimersAndSubscriptionsEndWithTheirIncarnation(t *testing.T) {
	for name, end := range map[string]func(*actorstest.Kit, ref){
		"crash":      func(k *actorstest.Kit, _ ref) { k.Crash("test/store") },
		"stop":       func(k *actorstest.Kit, to ref) { tell(k, to, (*actors.Context).Stop) },
		"escalation": escalate,
		"queued behind a crash": func(k *actorstest.Kit, to ref) {
			release := block(k, to)
			k.System.Crash("test/store")
			k.Advance(2 * time.Second) // everything comes due, and waits
			k.System.Publish(messages.SlashingStoreUp{})
			release()
		},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				calls := 0
				count := func(*actors.Context) { calls++ }
				to := actorstest.Spawn[slashing](k, spec("store", answers))
				tell(k, to, func(c *actors.Context) {
					c.After(2*time.Second, count)
					c.Every(2*time.Second, count)
					c.Subscribe(isUp, func(c *actors.Context, _ messages.Event) { count(c) })
				})
				end(k, to)
				k.System.Publish(messages.SlashingStoreUp{})
				k.Advance(time.Minute)
				k.System.Publish(messages.SlashingStoreUp{})
				k.Wait()
				equal(t, "calls", calls, 0)
			})
		})
	}
}

func isUp(e messages.Event) bool { return e == messages.SlashingStoreUp{} }

func TestSubscribe(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		var got []messages.Event
		tell(k, to, func(c *actors.Context) {
			c.Subscribe(isUp, func(_ *actors.Context, e messages.Event) { got = append(got, e) })
		})
		k.System.Publish(messages.KeysChanged{})
		k.System.Publish(messages.SlashingStoreUp{})
		tell(k, to, func(c *actors.Context) {
			c.Publish(messages.SlashingStoreUp{})
			equal(t, "events within the turn", len(got), 1)
		})
		equal(t, "events", len(got), 2)
	})
}

func TestContextSpawnRefusesANameInUse(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		tell(k, to, func(c *actors.Context) {
			actors.Spawn[slashing](c, spec("child", answers))
			actors.Spawn[slashing](c, spec("child", answers))
		})
		equal(t, "cause", actorstest.Expect[messages.ActorPanicked](k).Cause, "actors: the name of a child is in use")
	})
}

// A name is in use until the parent has heard that the child is gone.
func TestANameIsFreeOnceChildEndedCame(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		respawned := 0
		parent := actorstest.Spawn[slashing](k, spec("parent", func(c *actors.Context, message any) {
			if m, ok := message.(actors.ChildEnded); ok && respawned < 3 {
				respawned++
				child := actors.Spawn[slashing](c, spec(m.Name, answers))
				actors.Tell(child, order{(*actors.Context).Stop})
			}
		}))
		tell(k, parent, func(c *actors.Context) {
			child := actors.Spawn[slashing](c, spec("child", answers))
			actors.Tell(child, order{(*actors.Context).Stop})
		})
		equal(t, "respawned", respawned, 3)
		equal(t, "panics", len(actorstest.Events[messages.ActorPanicked](k)), 0)
	})
}
