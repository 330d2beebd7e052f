package seal_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal"
	"containment-chamber/messages"
)

// TestReplicasFollow: what is done at one replica is seen by the other within two intervals.
func TestReplicasFollow(t *testing.T) {
	inWorld(t, func(w *world) {
		a, b := w.replica(w.config()), w.replica(w.config())
		both := func(want messages.SealState) {
			t.Helper()
			w.Advance(2 * time.Second)
			a.is(want)
			b.is(want)
		}
		both(messages.StateUninitialized)
		a.must(messages.InitializeChamber{Plan: w.plan(2, 1, 2, 1)})
		both(messages.StateAwaitingRegistration)
		b.register("alice")
		w.Advance(2 * time.Second)
		a.register("bob")
		both(messages.StateKMSUnsealed)
		a.open("bob")
		w.Advance(2 * time.Second)
		b.is(messages.StateKMSUnsealed) // each is opened on its own
		b.open("alice")
		both(messages.StateUnsealed)
		if a.key() != b.key() {
			t.Error("two master keys")
		}
		a.must(messages.RotateQuorum{Plan: w.plan(0, 0, 1, 1)})
		both(messages.StateAwaitingRotation)
		b.register("alice")
		both(messages.StateUnsealed)
		if g := a.status().Generation; g != 2 {
			t.Errorf("generation %d", g)
		}
		b.must(messages.SealChamber{Reason: "fire"})
		both(messages.StateSealed)
		a.open("alice")
		w.Advance(2 * time.Second)
		b.is(messages.StateKMSUnsealed)
		if key := a.key(); key == [32]byte{} {
			t.Error("no key")
		}
		// A rotation of the layer beneath the shares that b has begun to collect makes it begin anew.
		a.must(messages.RotateKMS{Plan: w.plan(1, 1, 0, 0)})
		w.Advance(2 * time.Second)
		b.open("alice")
		b.is(messages.StateUnsealed)
	})
}

// TestTwoInitialise: two replicas at the same moment; one wins, and the other is told to look again.
func TestTwoInitialise(t *testing.T) {
	inWorld(t, func(w *world) {
		a, b := w.replica(w.config()), w.replica(w.config())
		w.store.before = func() { time.Sleep(time.Second) } // both have read before either writes
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, r := range []*replica{a, b} {
			wg.Go(func() {
				_, errs[i] = actors.Ask(w.T.Context(), r.ref, messages.ExecuteCeremony{Fence: 1, Ceremony: messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)}})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), messages.ErrConflict) {
			t.Errorf("%v", errs)
		}
		w.Advance(2 * time.Second)
		if a.key() != b.key() {
			t.Error("two master keys")
		}
	})
}

// TestTwoOpen: the last share is given to two replicas at the same moment. Both write that the chamber was opened for the
// first time, and neither is refused.
func TestTwoOpen(t *testing.T) {
	inWorld(t, func(w *world) {
		a, b := w.replica(w.config()), w.replica(w.config())
		a.must(messages.InitializeChamber{Plan: w.plan(1, 1, 2, 1)})
		a.register("alice", "bob")
		w.Advance(2 * time.Second)
		w.store.before = func() { time.Sleep(time.Second) }
		var wg sync.WaitGroup
		for _, r := range []*replica{a, b} {
			wg.Go(func() {
				if _, err := actors.Ask(w.T.Context(), r.ref, messages.ExecuteCeremony{Fence: 100, Ceremony: share("alice")}); err != nil {
					t.Errorf("%s: %v", r.name, err)
				}
			})
		}
		wg.Wait()
		a.is(messages.StateUnsealed)
		b.is(messages.StateUnsealed)
	})
}

// holder is an actor that has keys.
type holder struct {
	drops int
	hang  bool
	asked []actors.Promise[messages.SecretsDropped]
}

func (h *holder) Receive(c *actors.Context, message any) {
	if m, ok := message.(messages.DropSecrets[messages.Keys]); ok {
		h.drops++
		if h.hang {
			h.asked = append(h.asked, actors.Defer(c, m))
			return
		}
		actors.Answer(c, m, messages.SecretsDropped{})
	}
}

func (h *holder) Abandon(err error) {
	for _, p := range h.asked {
		p.Fail(err)
	}
}

// TestConsumersDropTheirKeys: the chamber is not called sealed before they have, or have had five seconds.
func TestConsumersDropTheirKeys(t *testing.T) {
	for _, hang := range []bool{false, true} {
		inWorld(t, func(w *world) {
			h := &holder{hang: hang}
			ref := actorstest.Spawn[messages.Keys](w.Kit, actors.Spec{Name: "keys", Mailbox: 8, New: func() actors.Actor { return h }})
			cfg := w.config()
			cfg.Consumers = []seal.Consumer{seal.ConsumerOf("keys", ref)}
			r := w.replica(cfg)
			r.must(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)})
			start := time.Now()
			done := r.start(messages.SealChamber{Reason: "fire"})
			w.Wait()
			if _, err := actorstest.Ask(w.Kit, r.ref, messages.GetDerivedKey{}); !errors.Is(err, messages.ErrSealed) {
				t.Errorf("a key is given out while the chamber closes: %v", err)
			}
			if s := r.status(); hang && (s.State != messages.StateUnsealed || !s.Closing) {
				t.Errorf("while keys are about: %+v", s)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
			if s := r.status(); s.State != messages.StateSealed || s.Closing || h.drops != 1 {
				t.Errorf("%+v, dropped %d times", s, h.drops)
			}
			if took := time.Since(start); hang && took != 5*time.Second || !hang && took > time.Second {
				t.Errorf("it took %v", took)
			}
			if kept := actorstest.Events[messages.SecretsKept](w.Kit); (len(kept) == 1) != hang {
				t.Errorf("%v", kept)
			}
			changes := actorstest.Events[messages.SealChanged](w.Kit)
			if last := changes[len(changes)-1]; last.From != messages.StateUnsealed || last.To != messages.StateSealed || last.By != "tester" || last.Cause != "seal" {
				t.Errorf("%+v", last)
			}
		})
	}
}

func TestRootToken(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(1, 1, 3, 2))
		check := func(token messages.Secret) error {
			_, err := actorstest.Ask(w.Kit, r.ref, messages.CheckManagementToken{Token: token})
			return err
		}
		generate := func(operator string) messages.GenerateRootToken {
			return messages.GenerateRootToken{Operator: operator, Credential: yubikey(operator)}
		}
		if err := check(messages.Secret{}); !errors.Is(err, messages.ErrUnauthorized) {
			t.Error(err)
		}
		r.refuses(messages.GenerateRootToken{Operator: "alice", Credential: yubikey("bob")}, messages.ErrWrongCredential)
		r.refuses(messages.GenerateRootToken{}, messages.ErrMalformed)
		if outcome := r.must(generate("alice")); !outcome.RootToken.Empty() || len(outcome.Status.RootToken.Operators) != 1 {
			t.Errorf("%+v", outcome.Status.RootToken)
		}
		r.refuses(generate("alice"), messages.ErrShareRepeated)
		first := r.must(generate("carol"))
		if err := check(first.RootToken); err != nil || first.Status.ManagementToken == "" {
			t.Error(err, first.Status)
		}
		w.Advance(2 * time.Second)
		r.must(generate("carol"))
		w.Advance(30 * time.Minute) // the others did not follow
		r.must(generate("bob"))
		second := r.must(generate("carol"))
		if check(second.RootToken) != nil || !errors.Is(check(first.RootToken), messages.ErrUnauthorized) {
			t.Error("the new token does not replace the old one")
		}
		r.must(messages.SealChamber{})
		if err := check(second.RootToken); !errors.Is(err, messages.ErrSealed) {
			t.Error(err)
		}
		r.open("alice", "bob")
		if err := check(second.RootToken); err != nil {
			t.Errorf("a token does not survive a seal: %v", err)
		}
	})
}

func TestChallenge(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(1, 1, 2, 1))
		ask := func(operator string, registering bool) ([]byte, error) {
			challenge, err := actorstest.Ask(w.Kit, r.ref, messages.GetChallenge{Operator: operator, Registering: registering})
			return challenge.Bytes, err
		}
		if got, err := ask("alice", false); err != nil || len(got) != 32 {
			t.Error(got, err)
		}
		if _, err := ask("mallory", false); !errors.Is(err, messages.ErrMalformed) {
			t.Error(err)
		}
		if _, err := ask("alice", true); !errors.Is(err, messages.ErrMalformed) {
			t.Error(err)
		}
		r.must(messages.RotateQuorum{Plan: w.plan(0, 0, 2, 2)})
		if got, err := ask("alice", true); err != nil || len(got) != 32 {
			t.Error(got, err)
		}
	})
}
