package seal_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors"
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
