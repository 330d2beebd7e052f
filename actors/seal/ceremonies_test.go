package seal_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/messages"
)

// TestTable walks through the table of states, row by row, in each mode.
func TestTable(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.replica(w.config())
		r.is(messages.StateUninitialized)
		r.must(messages.InitializeChamber{Plan: w.plan(3, 2, 3, 2)})
		r.is(messages.StateAwaitingRegistration)
		r.refuses(share("alice"), messages.ErrWrongState)
		r.register("alice", "bob")
		r.is(messages.StateAwaitingRegistration)
		r.register("carol")
		r.is(messages.StateKMSUnsealed) // by itself
		r.open("carol")
		r.is(messages.StateKMSUnsealed)
		r.refuses(share("carol"), messages.ErrShareRepeated)
		r.refuses(messages.SubmitShare{Operator: "carol", Credential: yubikey("bob")}, messages.ErrWrongCredential)
		r.open("alice")
		r.is(messages.StateUnsealed)
		key := r.key()
		r.refuses(share("bob"), messages.ErrWrongState)
		r.must(messages.RotateQuorum{Plan: w.plan(0, 0, 2, 2)})
		r.is(messages.StateAwaitingRotation)
		r.register("alice")
		r.must(messages.AbortRotation{})
		r.is(messages.StateUnsealed)
		r.must(messages.RotateQuorum{Plan: w.plan(0, 0, 2, 2)})
		r.register("bob", "alice")
		r.is(messages.StateUnsealed)
		r.must(messages.RotateKMS{Plan: messages.KeyPlan{KMS: w.references[3:], KMSThreshold: 1}})
		r.is(messages.StateUnsealed)
		r.must(messages.SealChamber{Reason: "fire"})
		r.is(messages.StateSealed)
		r.refuses(messages.SealChamber{}, messages.ErrWrongState)
		r.Advance(5 * time.Minute)
		r.is(messages.StateSealed)
		r.refuses(share("carol"), messages.ErrWrongCredential) // not of the new quorum
		r.open("bob", "alice")
		r.is(messages.StateUnsealed)
		if r.key() != key {
			t.Error("the master key is another")
		}
		r.must(messages.RotateMode{Plan: w.plan(2, 1, 0, 0)})
		r.is(messages.StateUnsealed)
		restarted := w.replica(w.config())
		restarted.is(messages.StateUnsealed)
		if restarted.key() != key {
			t.Error("the master key is another")
		}
		for _, kind := range []string{"unseal", "kms", "mode"} {
			if !contains(actorstest.Events[messages.RotationFinished](w.Kit), kind) {
				t.Errorf("no rotation of kind %s was announced", kind)
			}
		}
	})
}

func contains(events []messages.RotationFinished, kind string) bool {
	for _, e := range events {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

func TestQuorumWithoutKMS(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(0, 0, 3, 2))
		r.must(messages.SealChamber{Reason: "drill"})
		restarted := w.replica(w.config())
		restarted.is(messages.StateSealed)
		restarted.refuses(messages.UnsealByKMS{}, messages.ErrWrongState)
		restarted.open("alice", "carol")
		restarted.is(messages.StateUnsealed)
		if w.keys.calls > 0 {
			t.Error("a key-encryption key was asked, and there is none")
		}
		r.Advance(2 * time.Second)
		r.is(messages.StateKMSUnsealed) // the mark is lifted, and each replica wants its own shares
	})
}

// TestEmergencySealStays: no restart and no replica opens by itself what somebody has sealed, until somebody opens it.
func TestEmergencySealStays(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(2, 1, 0, 0))
		other := w.replica(w.config())
		other.is(messages.StateUnsealed)
		r.must(messages.SealChamber{Reason: "fire"})
		r.is(messages.StateSealed)
		w.Advance(2 * time.Second)
		other.is(messages.StateSealed)
		if e := actorstest.Expect[messages.ChamberSealed](w.Kit); e.Here || e.By != "tester" || e.Reason != "fire" {
			t.Errorf("%+v", e)
		}
		restarted := w.replica(w.config())
		w.Advance(5 * time.Minute)
		restarted.is(messages.StateSealed)
		if e := restarted.status().Emergency; !e.Standing || e.By != "tester" || e.Reason != "fire" || e.Unrecorded || e.At.IsZero() {
			t.Errorf("%+v", e)
		}
		other.must(messages.UnsealByKMS{})
		other.is(messages.StateUnsealed)
		w.Advance(2 * time.Second)
		r.is(messages.StateUnsealed) // lifted for all
		if r.status().Emergency.Standing {
			t.Error("the emergency still stands")
		}
	})
}

// TestSealWithoutMasterKey seals while shares are being collected: there is no key to authenticate the mark, and yet it holds.
func TestSealWithoutMasterKey(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(2, 1, 2, 2))
		second := w.replica(w.config())
		second.open("alice")
		second.must(messages.SealChamber{Reason: "drill"})
		second.is(messages.StateSealed)
		w.Advance(2 * time.Second)
		r.is(messages.StateSealed)
		third := w.replica(w.config())
		third.is(messages.StateSealed)
		third.open("alice", "bob")
		third.is(messages.StateUnsealed)
		fourth := w.replica(w.config())
		fourth.is(messages.StateKMSUnsealed) // lifted
	})
}

// TestSealWhenTheStateIsAway: the process is sealed at once, and says that nobody else knows.
func TestSealWhenTheStateIsAway(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(1, 1, 0, 0))
		w.store.set(func(m *memory) { m.down = messages.ErrStateUnavailable })
		if _, err := r.do(messages.SealChamber{Reason: "fire"}); !errors.Is(err, messages.ErrStateUnavailable) {
			t.Error(err)
		}
		r.is(messages.StateSealed)
		if e := r.status().Emergency; !e.Standing || !e.Unrecorded || e.By != "tester" {
			t.Errorf("%+v", e)
		}
		r.Crash("test/" + r.name)
		w.store.set(func(m *memory) { m.down = nil })
		w.Advance(time.Minute)
		r.is(messages.StateSealed) // also after a crash of the actor
	})
}

func TestPlansAreRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.replica(w.config())
		r.refuses(messages.InitializeChamber{}, messages.ErrMalformed)
		w.keys.breakKeys(kek.ErrDenied, w.references[1])
		r.refuses(messages.InitializeChamber{Plan: w.plan(2, 1, 0, 0)}, messages.ErrKMSRefused)
		w.keys.breakKeys(kek.ErrUnavailable, w.references[1])
		r.refuses(messages.InitializeChamber{Plan: w.plan(2, 1, 0, 0)}, messages.ErrKMSUnavailable)
		r.must(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)})
		r.refuses(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)}, messages.ErrWrongState)
		r.refuses(messages.RotateKMS{}, messages.ErrMalformed)
		r.refuses(messages.RotateKMS{Plan: w.plan(1, 1, 2, 2)}, messages.ErrMalformed)
		r.refuses(messages.RotateQuorum{Plan: w.plan(0, 0, 2, 2)}, messages.ErrWrongState)
		r.refuses(messages.RotateMode{Plan: w.plan(1, 1, 0, 0)}, messages.ErrWrongState)
		r.refuses(messages.AbortRotation{}, messages.ErrWrongState)
		r.refuses(messages.GenerateRootToken{Operator: "alice"}, messages.ErrMalformed)
	})
}
