package ceremony_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestOneTimeCode(t *testing.T) {
	run(t, nil, func(h *harness) {
		generate := func(code messages.Secret) (messages.CeremonyOutcome, error) {
			return h.perform(messages.GenerateRootToken{Code: code})
		}
		if _, err := generate(messages.Secret{}); !errors.Is(err, messages.ErrWrongState) || len(h.shown["one-time code"]) > 0 {
			t.Errorf("a chamber that is sealed shows a code: %v", err)
		}
		h.become(messages.StateUninitialized, messages.StateUnsealed)
		for range 3 {
			if outcome, err := generate(messages.Secret{}); err != nil || !outcome.CodeShown {
				t.Errorf("%+v, %v", outcome, err)
			}
		}
		if len(h.shown["one-time code"]) != 1 {
			t.Errorf("shown: %v", h.shown)
		}
		if _, err := generate(messages.NewSecret([]byte("cc-code-x"))); !errors.Is(err, messages.ErrUnauthorized) {
			t.Error(err)
		}
		if _, err := generate(h.lastShown("one-time code")); err != nil || len(h.seal.executed) != 1 {
			t.Error(err)
		}
		if _, err := generate(h.lastShown("one-time code")); !errors.Is(err, messages.ErrUnauthorized) {
			t.Errorf("the code is good twice: %v", err)
		}
		_, _ = generate(messages.Secret{})
		h.Advance(10 * time.Minute)
		if _, err := generate(h.lastShown("one-time code")); !errors.Is(err, messages.ErrUnauthorized) {
			t.Errorf("the code is good for ever: %v", err)
		}
	})
}

// TestNoCodeWhereThereAreOperators: nobody who reads the log has a token that operators must consent to.
func TestNoCodeWhereThereAreOperators(t *testing.T) {
	for _, mode := range []messages.SealMode{messages.ModeQuorum, messages.ModeKMSQuorum} {
		run(t, nil, func(h *harness) {
			h.become(messages.StateUninitialized, messages.StateUnsealed)
			h.seal.mode = mode
			if _, err := h.perform(messages.GenerateRootToken{}); !errors.Is(err, messages.ErrMalformed) || len(h.shown["one-time code"]) > 0 {
				t.Errorf("%s: %v", mode, err)
			}
			if e := actorstest.Expect[messages.CeremonyRefused](h.Kit); e.Ceremony != messages.CeremonyRootToken {
				t.Errorf("%+v", e)
			}
			h.seal.mode = messages.ModeKMS // after a rotation
			if outcome, err := h.perform(messages.GenerateRootToken{}); err != nil || !outcome.CodeShown || len(h.shown["one-time code"]) != 1 {
				t.Errorf("%s: %v", mode, err)
			}
		})
	}
}

// TestNoCodeFromASealThatIsAway: whoever asks is answered, also when the guard crashes meanwhile.
func TestNoCodeFromASealThatIsAway(t *testing.T) {
	for name, test := range map[string]struct {
		then func(*harness)
		want error
	}{
		"hangs":   {func(h *harness) { h.Advance(3 * time.Second) }, messages.ErrExpired},
		"crashes": {func(h *harness) { h.Crash("test/ceremony") }, messages.ErrCrashed},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, nil, func(h *harness) {
				h.become(messages.StateUninitialized, messages.StateUnsealed)
				h.System.Hang("test/seal", 5*time.Second)
				asked := h.start(messages.GenerateRootToken{})
				test.then(h)
				if err := <-asked; !errors.Is(err, test.want) {
					t.Error(err)
				}
				h.Advance(10 * time.Second)
				if len(h.shown["one-time code"]) > 0 {
					t.Error("a code was shown")
				}
			})
		})
	}
}
