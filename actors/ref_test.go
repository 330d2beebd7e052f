package actors_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestAskIsAnswered(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		root := messages.Root{7}
		to := actorstest.Spawn[slashing](k, spec("store", func(c *actors.Context, message any) {
			if q, ok := message.(getHealth); ok {
				actors.Answer(c, q, health{GenesisValidatorsRoot: root})
			}
		}))
		got, err := actorstest.Ask(k, to, getHealth{})
		if err != nil || got.GenesisValidatorsRoot != root {
			t.Errorf("Ask: %v, %v", got, err)
		}
		bound := actors.Bind[getHealth](to)
		if got, err = bound(k.T.Context(), getHealth{}); err != nil || got.GenesisValidatorsRoot != root {
			t.Errorf("Bind: %v, %v", got, err)
		}
		if got, err = actorstest.Ask(k, actors.Lookup[slashing](k.System, "test/store"), getHealth{}); err != nil {
			t.Errorf("Lookup: %v, %v", got, err)
		}
	})
}

func TestSelfAddressesTheActor(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		var self ref
		tell(k, to, func(c *actors.Context) { self = actors.Self[slashing](c) })
		if _, err := actorstest.Ask(k, self, getHealth{}); err != nil {
			t.Error(err)
		}
	})
}

func TestAskOfNobodyIsUnavailableAtOnce(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		gone := actorstest.Spawn[slashing](k, spec("gone", answers))
		tell(k, gone, func(c *actors.Context) { c.Stop() })
		for name, to := range map[string]ref{
			"zero Ref": {},
			"no such":  actors.Lookup[slashing](k.System, "test/nobody"),
			"stopped":  gone,
		} {
			a := ask(k, to)
			if !errors.Is(a.err, messages.ErrUnavailable) || a.took != 0 {
				t.Errorf("%s: %v after %v", name, a.err, a.took)
			}
			actors.Tell(to, order{}) // must not panic
		}
		equal(t, "type of a dead letter", actorstest.Expect[messages.MessageDeadLettered](k).Type, "actors_test.order")
	})
}

func TestDeadLetterIsLabelledWithTheClass(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		ask(k, actors.Lookup[slashing](k.System, "test/pool/worker-07"))
		want := messages.MessageDeadLettered{Actor: "worker", Type: "messages.GetSlashingHealth"}
		equal(t, "event", actorstest.Expect[messages.MessageDeadLettered](k), want)
	})
}

func TestAskEndsWithItsContext(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var held []actors.Promise[health]
		to := actorstest.Spawn[slashing](k, keeping("store", &held))
		cause := errors.New("the client hung up")
		ctx, cancel := context.WithTimeoutCause(k.T.Context(), time.Second, cause)
		defer cancel()
		start := time.Now()
		_, err := actors.Ask(ctx, to, getHealth{})
		if !errors.Is(err, messages.ErrExpired) || !errors.Is(err, cause) {
			t.Errorf("got %v", err)
		}
		equal(t, "waited", time.Since(start), time.Second)
		k.Wait()
		if !held[0].Gone() {
			t.Error("the actor cannot see that the asker has left")
		}
		held[0].Resolve(health{}) // to nobody: neither blocks nor panics
	})
}

func TestAnAskIsNotGoneWhileItWaits(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var held []actors.Promise[health]
		to := actorstest.Spawn[slashing](k, keeping("store", &held))
		a := ask(k, to)
		if held[0].Gone() {
			t.Error("gone, though somebody waits")
		}
		held[0].Resolve(health{})
		k.Wait()
		if !a.done.Load() || a.err != nil {
			t.Errorf("answered %v: %v after %v", a.done.Load(), a.err, a.took)
		}
	})
}

// A request that has a deadline of its own is not waited for beyond it, and the actor sees that nobody waits.
func TestAskEndsWithTheRequest(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		promises := make(chan actors.Promise[messages.Signed], 1)
		to := actorstest.Spawn[messages.Signing](k, spec("deaf", func(c *actors.Context, message any) {
			if q, ok := message.(messages.Sign); ok {
				promises <- actors.Defer(c, q)
			}
		}))
		began := time.Now()
		_, err := actors.Ask(k.T.Context(), to, messages.Sign{Deadline: began.Add(3 * time.Second)})
		if took := time.Since(began); !errors.Is(err, messages.ErrExpired) || took != 3*time.Second {
			t.Errorf("%v after %v", err, took)
		}
		if !(<-promises).Gone() {
			t.Error("somebody still waits")
		}
	})
}
