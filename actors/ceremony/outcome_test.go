package ceremony_test

import (
	"errors"
	"regexp"
	"testing"

	"containment-chamber/messages"
)

func (h *harness) become(from, to messages.SealState) {
	h.seal.state = to
	h.System.Publish(messages.SealChanged{From: from, To: to})
	h.Wait()
}

func (h *harness) lastShown(what string) messages.Secret {
	h.T.Helper()
	if len(h.shown[what]) == 0 {
		h.T.Fatalf("no %s was shown", what)
	}
	return messages.NewSecret([]byte(h.shown[what][len(h.shown[what])-1]))
}

func TestSetupToken(t *testing.T) {
	run(t, nil, func(h *harness) {
		if got := h.shown["setup token"]; len(got) != 1 || !regexp.MustCompile(`^cc-setup-[a-z2-7]{52}$`).MatchString(got[0]) {
			t.Fatalf("shown: %v", got)
		}
		for name, token := range map[string]messages.Secret{"none": {}, "another": messages.NewSecret([]byte("cc-setup-x"))} {
			if _, err := h.perform(messages.InitializeChamber{SetupToken: token}); !errors.Is(err, messages.ErrUnauthorized) || len(h.seal.executed) > 0 {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := h.perform(messages.InitializeChamber{SetupToken: h.lastShown("setup token")}); err != nil {
			t.Fatal(err)
		}
		h.become(messages.StateUninitialized, messages.StateAwaitingRegistration)
		if _, err := h.perform(messages.AbortRotation{}); !errors.Is(err, messages.ErrUnauthorized) {
			t.Errorf("the initialisation is undone by anybody: %v", err)
		}
		if _, err := h.perform(messages.AbortRotation{SetupToken: h.lastShown("setup token")}); err != nil {
			t.Error(err)
		}
		h.become(messages.StateAwaitingRegistration, messages.StateSealed)
		before := len(h.seal.executed)
		for _, token := range []messages.Secret{h.lastShown("setup token"), messages.NewSecret([]byte("cc-setup-x"))} {
			if _, err := h.perform(messages.InitializeChamber{SetupToken: token}); !errors.Is(err, messages.ErrWrongState) || len(h.seal.executed) != before {
				t.Errorf("a chamber is initialized twice: %v", err)
			}
		}
		h.become(messages.StateSealed, messages.StateAwaitingRotation)
		held := len(h.seal.executed)
		for name, token := range map[string]messages.Secret{"one that is over": h.lastShown("setup token"), "another": messages.NewSecret([]byte("cc-setup-x"))} {
			if _, err := h.perform(messages.AbortRotation{SetupToken: token}); !errors.Is(err, messages.ErrUnauthorized) || len(h.seal.executed) != held {
				t.Errorf("a setup token where there is none, %s: %v", name, err)
			}
		}
		if _, err := h.perform(messages.AbortRotation{}); err != nil {
			t.Errorf("a rotation needs no setup token to be aborted: %v", err)
		}
		if len(h.shown["setup token"]) != 1 {
			t.Errorf("shown: %v", h.shown)
		}
	})
}

// An operator's consent needs no code, and none helps.
func TestConsentIsTheSealsBusiness(t *testing.T) {
	run(t, nil, func(h *harness) {
		h.become(messages.StateUninitialized, messages.StateUnsealed)
		if _, err := h.perform(messages.GenerateRootToken{Operator: "bob"}); err != nil || len(h.seal.executed) != 1 || len(h.shown["one-time code"]) > 0 {
			t.Errorf("%v; asked: %v", err, h.seal.executed)
		}
	})
}
