package seal_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestSharesAreForgotten(t *testing.T) {
	inWorld(t, func(w *world) {
		w.openedWith(w.slow(), w.plan(2, 1, 3, 2))
		r := w.replica(w.slow())
		r.open("alice")
		if q := r.status().Quorum; q.Given != 1 || !q.Operators[0].Given || time.Until(q.Expires) != 30*time.Minute {
			t.Errorf("%+v", q)
		}
		w.Advance(30 * time.Minute)
		if e := actorstest.Expect[messages.SharesForgotten](w.Kit); e.Given != 1 {
			t.Errorf("%+v", e)
		}
		r.open("bob")
		r.is(messages.StateKMSUnsealed)
		w.Advance(29 * time.Minute)
		r.open("carol")
		r.is(messages.StateUnsealed)
	})
}

func TestWrongShares(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opened(w.plan(2, 1, 3, 2))
		r := w.replica(w.config())
		r.refuses(messages.SubmitShare{Operator: "alice", Credential: yubikey("bob")}, messages.ErrWrongCredential)
		r.refuses(messages.SubmitShare{Operator: "alice"}, messages.ErrWrongCredential)
		r.refuses(messages.SubmitShare{Operator: "mallory", Credential: yubikey("alice")}, messages.ErrWrongCredential)
		if e := actorstest.Expect[messages.ShareSubmitted](w.Kit); e.Index != 0 || e.Err == nil {
			t.Errorf("%+v", e)
		}
		r.open("bob")
		r.refuses(messages.SubmitShare{Operator: "alice", Credential: yubikey("bob")}, messages.ErrWrongCredential)
		if e := actorstest.Expect[messages.ShareSubmitted](w.Kit); e.Index != 1 || e.Given != 1 || e.Threshold != 2 || !errors.Is(e.Err, messages.ErrWrongCredential) {
			t.Errorf("%+v", e)
		}
		r.open("alice")
		r.is(messages.StateUnsealed)
		if e := actorstest.Expect[messages.ShareSubmitted](w.Kit); e.Index != 1 || e.Given != 2 || e.Err != nil {
			t.Errorf("%+v", e)
		}
	})
}

func TestRegistrationIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.replica(w.config())
		r.must(messages.InitializeChamber{Plan: w.plan(1, 1, 2, 2)})
		register := func(operator string, token messages.Secret, c messages.Credential) messages.RegisterOperator {
			return messages.RegisterOperator{Operator: operator, Token: token, Credential: c}
		}
		r.refuses(register("alice", w.token("bob"), yubikey("alice")), messages.ErrUnauthorized)
		r.refuses(register("mallory", w.token("bob"), yubikey("alice")), messages.ErrUnauthorized)
		weak := messages.Credential{Passphrase: messages.NewSecret([]byte("password"))}
		r.refuses(register("alice", w.token("alice"), weak), messages.ErrPassphrase)
		if e := actorstest.Expect[messages.PassphraseRefused](w.Kit); e.Reason != "too_short" || e.Endpoint != "register" {
			t.Errorf("%+v", e)
		}
		r.register("alice")
		r.refuses(register("alice", w.token("alice"), yubikey("alice")), messages.ErrShareRepeated)
		for _, o := range r.status().Quorum.Operators {
			if o.Registered != (o.Name == "alice") {
				t.Errorf("%+v", o)
			}
		}
		r.must(messages.AbortRotation{})
		r.is(messages.StateUninitialized)
		r.must(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)})
		r.is(messages.StateUnsealed)
	})
}
