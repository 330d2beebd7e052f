package actorstest_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// slow is an actor that answers after a minute and a half, which is longer than Ask waits, and publishes each request.
type slow struct{}

func (slow) Receive(c *actors.Context, message any) {
	if q, ok := message.(messages.GetSlashingHealth); ok {
		c.Publish(messages.SlashingStoreUp{})
		p := actors.Defer(c, q)
		c.After(90*time.Second, func(*actors.Context) { p.Resolve(messages.SlashingHealth{}) })
	}
}

func slowSpec() actors.Spec {
	return actors.Spec{Name: "slow", Mailbox: 8, New: func() actors.Actor { return slow{} }}
}

func TestAskWaitsAMinute(t *testing.T) {
	wall := time.Now()
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[messages.Slashing](k, slowSpec())
		start := time.Now()
		_, err := actorstest.Ask(k, to, messages.GetSlashingHealth{})
		if !errors.Is(err, messages.ErrExpired) || time.Since(start) != time.Minute {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
	if took := time.Since(wall); took > 30*time.Second {
		t.Errorf("virtual time took %v of real time", took)
	}
}

func TestSpawnGrantsFourRestarts(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		actorstest.Spawn[messages.Slashing](k, slowSpec())
		for attempt := 1; attempt <= 4; attempt++ {
			k.Crash("test/slow")
			if e := actorstest.Expect[messages.ActorRestarted](k); e.Attempt != attempt {
				t.Errorf("got %+v", e)
			}
			k.Advance(2 * time.Second)
		}
		k.Crash("test/slow")
		if e := actorstest.Expect[messages.ActorGaveUp](k); e.Name != "test/slow" {
			t.Errorf("got %+v", e)
		}
	})
}

func TestSpawnKeepsTheRestartsOfTheSpec(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := slowSpec()
		s.Restart.Temporary = true
		actorstest.Spawn[messages.Slashing](k, s)
		k.Crash("test/slow")
		if e := actorstest.Expect[messages.ActorStopped](k); e.Name != "test/slow" {
			t.Errorf("got %+v", e)
		}
	})
}

func TestEventsAreRecordedByType(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[messages.Slashing](k, slowSpec())
		if got := actorstest.Events[messages.SlashingStoreUp](k); len(got) != 0 {
			t.Errorf("too early: %v", got)
		}
		for range 2 {
			go func() { _, _ = actorstest.Ask(k, to, messages.GetSlashingHealth{}) }()
		}
		if got := actorstest.Events[messages.SlashingStoreUp](k); len(got) != 2 {
			t.Errorf("got %d", len(got))
		}
		if got := actorstest.Events[messages.ActorStarted](k); len(got) != 2 { // test and slow
			t.Errorf("got %v", got)
		}
	})
}

func TestAdvanceIsVirtual(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		start := time.Now()
		k.Advance(24 * time.Hour)
		k.Wait()
		if took := time.Since(start); took != 24*time.Hour {
			t.Errorf("a day took %v", took)
		}
	})
}
