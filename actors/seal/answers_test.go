package seal_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

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
		closed := w.replica(w.config())
		if _, err := actorstest.Ask(w.Kit, closed.ref, messages.CheckManagementToken{ToSeal: true}); !errors.Is(err, messages.ErrSealed) {
			t.Errorf("there is no token yet: %v", err)
		}
		r.refuses(messages.GenerateRootToken{Operator: "alice", Credential: yubikey("bob")}, messages.ErrWrongCredential)
		r.refuses(messages.GenerateRootToken{}, messages.ErrMalformed)
		if outcome := r.must(generate("alice")); !outcome.RootToken.Empty() || len(outcome.Status.RootToken.Operators) != 1 {
			t.Errorf("%+v", outcome.Status.RootToken)
		}
		r.refuses(generate("alice"), messages.ErrShareRepeated)
		r.refuses(messages.GenerateRootToken{Operator: "alice", Credential: yubikey("bob")}, messages.ErrWrongCredential)
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
		for token, want := range map[*messages.Secret]error{&second.RootToken: nil, &first.RootToken: messages.ErrUnauthorized} {
			if _, err := actorstest.Ask(w.Kit, r.ref, messages.CheckManagementToken{Token: *token, ToSeal: true}); !errors.Is(err, want) {
				t.Errorf("to seal: %v, want %v", err, want)
			}
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
		if got, err := ask("mallory", false); err != nil || len(got) != 32 {
			t.Error(got, err)
		}
		if _, err := ask("alice", true); !errors.Is(err, messages.ErrWrongState) {
			t.Error(err)
		}
		r.must(messages.RotateQuorum{Plan: w.plan(0, 0, 2, 2)})
		if got, err := ask("alice", true); err != nil || len(got) != 32 {
			t.Error(got, err)
		}
	})
}
