package seal_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/messages"
)

var sampled = messages.Trace{ID: [16]byte{1}, Span: [8]byte{2}, Sampled: true}

// traced holds a ceremony in a trace, and returns the paths of its parts in the order in which they ended.
func (r *replica) traced(trace messages.Trace, c messages.Ceremony) ([]string, error) {
	r.T.Helper()
	r.fence++
	before := len(actorstest.Events[messages.PartFinished](r.Kit))
	outcome, err := actorstest.Ask(r.Kit, r.ref, messages.ExecuteCeremony{Fence: r.fence, By: "tester", Ceremony: c, Trace: trace})
	for _, t := range outcome.RegistrationTokens {
		r.tokens[t.Operator] = t.Token
	}
	parts := actorstest.Events[messages.PartFinished](r.Kit)[before:]
	names := map[[8]byte]string{trace.Span: ""}
	for _, e := range slices.Backward(parts) { // the outer ends after the inner
		name := e.Part.Name
		if e.About.Key != "" {
			name += " " + e.About.Value.String()
		}
		names[e.Part.Trace.Span] = strings.TrimPrefix(names[e.Part.Trace.Parent]+" / "+name, " / ")
	}
	var paths []string
	for _, e := range parts {
		path := names[e.Part.Trace.Span]
		if e.Err != nil {
			path += " !"
		}
		paths = append(paths, path)
	}
	return paths, err
}

// TestPartsOfACeremony: what a job does is told step by step, with the calls that it makes.
func TestPartsOfACeremony(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.replica(w.config())
		paths, err := r.traced(sampled, messages.InitializeChamber{Plan: w.plan(2, 2, 1, 1)})
		want := []string{
			"seal job init / read / state read", "seal job init / read",
			"seal job init / check / kms call describe_key", "seal job init / check / kms call describe_key", "seal job init / check",
			"seal job init / make",
			"seal job init / wrap / kms call encrypt", "seal job init / wrap / kms call encrypt", "seal job init / wrap",
			"seal job init / prove / kms call decrypt", "seal job init / prove / kms call decrypt", "seal job init / prove",
			"seal job init / propose",
			"seal job init / write / state write", "seal job init / write",
			"seal job init",
		}
		if err != nil || !slices.Equal(paths, want) {
			t.Errorf("%v\n got %s\nwant %s", err, strings.Join(paths, "\n     "), strings.Join(want, "\n     "))
		}
		paths, err = r.traced(sampled, messages.RegisterOperator{Operator: "alice", Token: r.token("alice"), Credential: yubikey("alice")})
		if err != nil || !slices.Contains(paths, "seal job register / register / yubikey response") {
			t.Errorf("%v, %q", err, paths)
		}
		wrong := messages.Credential{Passphrase: messages.NewSecret([]byte("nine odd yellow kettles whistle"))}
		paths, err = r.traced(sampled, messages.SubmitShare{Operator: "alice", Credential: wrong})
		if !errors.Is(err, messages.ErrWrongCredential) || !slices.Contains(paths, "seal job unseal share / share / argon2id !") {
			t.Errorf("%v, %q", err, paths)
		}
	})
}

// TestPartsThatFail name who has failed, all the way up.
func TestPartsThatFail(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(1, 1, 0, 0))
		w.keys.breakKeys(kek.ErrUnavailable, w.references[0])
		paths, err := r.traced(sampled, messages.RotateKMS{Plan: w.plan(1, 1, 0, 0)})
		if want := []string{"seal job rotate kms / read / state read", "seal job rotate kms / read", "seal job rotate kms / check !", "seal job rotate kms !"}; err == nil || !slices.Equal(paths, want) {
			t.Errorf("%v, %q", err, paths)
		}
	})
}

// TestNobodyWantsParts: nothing is told of a ceremony that is not traced, nor of the chamber's opening by itself.
func TestNobodyWantsParts(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opened(w.plan(2, 2, 2, 2))
		w.replica(w.config()).is(messages.StateKMSUnsealed)
		if parts := actorstest.Events[messages.PartFinished](w.Kit); len(parts) > 0 {
			t.Errorf("told: %v", parts)
		}
	})
}
