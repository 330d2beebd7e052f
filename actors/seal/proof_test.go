package seal_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/messages"
)

// TestSharesThatDoNotOpen: a key-encryption key wraps something, but not the share. That is found out before anything is
// written: there is no chamber that nobody can open, and a rotation leaves the old set as it was.
func TestSharesThatDoNotOpen(t *testing.T) {
	lastTwo := func(w *world, operators ...string) messages.KeyPlan {
		p := messages.KeyPlan{KMS: w.references[3:], KMSThreshold: 1, Operators: operators}
		p.Quorum = len(operators)
		return p
	}
	for name, ask := range map[string]func(*world) messages.Ceremony{
		"init":          nil,
		"rotate kms":    func(w *world) messages.Ceremony { return messages.RotateKMS{Plan: lastTwo(w)} },
		"rotate quorum": func(w *world) messages.Ceremony { return messages.RotateQuorum{Plan: lastTwo(w, "carol", "dave")} },
		"rotate mode":   func(w *world) messages.Ceremony { return messages.RotateMode{Plan: lastTwo(w)} },
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				if ask == nil {
					w.keys.lies = w.references[2]
					r := w.replica(w.config())
					r.refuses(messages.InitializeChamber{Plan: w.plan(3, 2, 2, 2)}, messages.ErrKMSRefused)
					r.is(messages.StateUninitialized)
					return
				}
				r := w.opened(w.plan(2, 2, 2, 2))
				w.keys.lies = w.references[4]
				r.refuses(ask(w), messages.ErrKMSRefused)
				r.is(messages.StateUnsealed)
				other := w.replica(w.config())
				other.open("alice", "bob")
				if r.key() != other.key() {
					t.Error("the master key is another")
				}
			})
		})
	}
}

// TestKeysDoNotOpenTheNextSet: the key-encryption keys of the next set fail between its making and the last registration,
// which is refused. The old set opens, and the last operator can register when they are back.
func TestKeysDoNotOpenTheNextSet(t *testing.T) {
	for name, fault := range map[string]error{"away": kek.ErrUnavailable, "denied": kek.ErrDenied} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				r := w.opened(w.plan(2, 2, 2, 2))
				r.must(messages.RotateQuorum{Plan: messages.KeyPlan{KMS: w.references[3:], KMSThreshold: 2, Operators: []string{"carol", "dave"}, Quorum: 2}})
				r.register("carol")
				w.keys.breakKeys(fault, w.references[4])
				want := messages.ErrKMSRefused
				if errors.Is(fault, kek.ErrUnavailable) {
					want = messages.ErrKMSUnavailable
				}
				r.refuses(messages.RegisterOperator{Operator: "dave", Token: w.token("dave"), Credential: yubikey("dave")}, want)
				r.is(messages.StateAwaitingRotation)
				other := w.replica(w.config())
				other.open("alice", "bob")
				other.is(messages.StateAwaitingRotation)
				w.keys.breakKeys(nil, w.references[4])
				r.register("dave")
				r.is(messages.StateUnsealed)
				late := w.replica(w.config())
				late.open("carol", "dave")
				if r.key() != late.key() {
					t.Error("the master key is another")
				}
			})
		})
	}
}
