package actors_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// vault answers for a master key when it is told to.
type vault struct {
	held *[]actors.Promise[messages.DerivedKey]
}

func (v vault) Receive(c *actors.Context, message any) {
	if q, ok := message.(messages.GetDerivedKey); ok {
		*v.held = append(*v.held, actors.Defer(c, q))
	}
}

// Abandon implements actors.Holder.
func (v vault) Abandon(error) {}

func spawnVault(k *actorstest.Kit, held *[]actors.Promise[messages.DerivedKey]) actors.Ref[messages.Seal] {
	s := spec("vault", nil)
	s.New = func() actors.Actor { return vault{held} }
	return actorstest.Spawn[messages.Seal](k, s)
}

// derived is a key that can be looked at.
type derived [32]byte

func (d *derived) Use(f func(*[32]byte)) { f((*[32]byte)(d)) }
func (d *derived) Wipe()                 { clear(d[:]) }

// TestAnswersThatNobodyTakes: the secrets in them are wiped, however it came that nobody is there.
func TestAnswersThatNobodyTakes(t *testing.T) {
	for name, test := range map[string]struct {
		taken bool
		// ask asks the vault as an actor, or without one. After it, and before the answer, leave is called.
		ask   func(*actorstest.Kit, ref, actors.Ref[messages.Seal])
		leave func(*actorstest.Kit, ref)
	}{
		"taken":                     {true, pipes(0), stays},
		"the asker was stopped":     {false, pipes(0), func(k *actorstest.Kit, asker ref) { tell(k, asker, func(c *actors.Context) { c.Stop() }) }},
		"the asker has crashed":     {false, pipes(0), func(k *actorstest.Kit, _ ref) { k.System.Crash("test/asker"); k.Advance(time.Minute) }},
		"the time was over":         {false, pipes(time.Second), func(k *actorstest.Kit, _ ref) { k.Advance(2 * time.Second) }},
		"the context was cancelled": {false, asks, func(k *actorstest.Kit, _ ref) { k.Advance(2 * time.Second) }},
	} {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				var held []actors.Promise[messages.DerivedKey]
				to := spawnVault(k, &held)
				mortal := spec("asker", nothing)
				mortal.Restart = restarts(1)
				asker := actorstest.Spawn[slashing](k, mortal)
				test.ask(k, asker, to)
				k.Wait()
				test.leave(k, asker)
				secret := derived(bytes.Repeat([]byte("k"), 32))
				held[0].Resolve(messages.DerivedKey{Key: &secret})
				k.Wait()
				if wiped := secret == (derived{}); wiped == test.taken {
					t.Errorf("wiped: %t", wiped)
				}
				again := derived(bytes.Repeat([]byte("k"), 32))
				held[0].Resolve(messages.DerivedKey{Key: &again})
				k.Wait()
				if again != (derived{}) {
					t.Error("a second answer is not wiped")
				}
			})
		})
	}
}

// TestAnswerWaitsInTheQueue: it was on its way when the asker ended.
func TestAnswerWaitsInTheQueue(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		var held []actors.Promise[messages.DerivedKey]
		to := spawnVault(k, &held)
		asker := actorstest.Spawn[slashing](k, spec("asker", nothing))
		pipes(0)(k, asker, to)
		k.Wait()
		gate := make(chan struct{})
		tell(k, asker, func(c *actors.Context) { <-gate; c.Stop() })
		secret := derived(bytes.Repeat([]byte("k"), 32))
		held[0].Resolve(messages.DerivedKey{Key: &secret})
		k.Wait()
		close(gate)
		k.Wait()
		if secret != (derived{}) {
			t.Error("it is not wiped")
		}
	})
}

func pipes(within time.Duration) func(*actorstest.Kit, ref, actors.Ref[messages.Seal]) {
	return func(k *actorstest.Kit, asker ref, to actors.Ref[messages.Seal]) {
		tell(k, asker, func(c *actors.Context) {
			actors.Pipe(c, to, messages.GetDerivedKey{}, actors.Piped[messages.DerivedKey]{
				Within: within, Then: func(*actors.Context, messages.DerivedKey, error) {},
			})
		})
	}
}

func asks(k *actorstest.Kit, _ ref, to actors.Ref[messages.Seal]) {
	ctx, cancel := context.WithTimeout(k.T.Context(), time.Second)
	go func() {
		defer cancel()
		if _, err := actors.Ask(ctx, to, messages.GetDerivedKey{}); err == nil {
			k.T.Error("it was answered")
		}
	}()
}

func stays(*actorstest.Kit, ref) {}
