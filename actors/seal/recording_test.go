package seal_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// sealedAway is a replica that somebody has sealed while the signer state was away.
func (w *world) sealedAway(plan messages.KeyPlan) *replica {
	w.T.Helper()
	r := w.opened(plan)
	w.away(messages.ErrStateUnavailable)
	if _, err := r.do(messages.SealChamber{Reason: "fire"}); !errors.Is(err, messages.ErrSealUnrecorded) || !errors.Is(err, messages.ErrStateUnavailable) {
		w.T.Fatal(err)
	}
	return r
}

func (w *world) away(err error) { w.store.set(func(m *memory) { m.down = err }) }

// recorded fails unless the seal of a replica is on record, or not.
func (r *replica) recorded(want bool) {
	r.T.Helper()
	if e := r.status().Emergency; !e.Standing || e.Unrecorded == want || (e.Err == nil) != want || e.By != "tester" || e.Reason != "fire" {
		r.T.Errorf("%+v", e)
	}
}

// TestSealIsRecordedLater: nobody has to seal once more when the signer state is back, and nobody could.
func TestSealIsRecordedLater(t *testing.T) {
	for name, crash := range map[string]bool{"": false, "after a crash": true} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				r := w.sealedAway(w.plan(2, 1, 0, 0))
				if _, err := r.do(messages.SealChamber{Reason: "fire"}); !errors.Is(err, messages.ErrSealUnrecorded) {
					t.Errorf("sealed again: %v", err)
				}
				if crash {
					r.Crash("test/" + r.name)
				}
				w.Advance(10 * time.Minute)
				r.recorded(false)
				if n := len(actorstest.Events[messages.SealUnrecorded](w.Kit)); !crash && (n < 10 || n > 20) {
					t.Errorf("told %d times", n)
				}
				w.away(nil)
				w.Advance(time.Minute)
				r.recorded(true)
				if e := actorstest.Expect[messages.SealRecorded](w.Kit); e.By != "tester" {
					t.Errorf("%+v", e)
				}
				other := w.replica(w.config())
				w.Advance(time.Minute)
				other.is(messages.StateSealed)
				r.must(messages.UnsealByKMS{})
				r.is(messages.StateUnsealed)
			})
		})
	}
}

// TestOpeningEndsTheRecording: what was lifted is not put on record any more.
func TestOpeningEndsTheRecording(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.sealedAway(w.plan(2, 1, 0, 0))
		w.Advance(3 * time.Second) // until it pauses
		w.away(nil)
		r.must(messages.UnsealByKMS{})
		w.Advance(10 * time.Minute)
		r.is(messages.StateUnsealed)
		if n := len(actorstest.Events[messages.SealRecorded](w.Kit)); n != 0 {
			t.Errorf("recorded %d times", n)
		}
	})
}

// TestShareDoesNotEndTheRecording: one of two shares lifts nothing, and is a sign that the signer state is back.
func TestShareDoesNotEndTheRecording(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.sealedAway(w.plan(2, 1, 3, 2))
		w.Advance(10 * time.Minute)
		w.away(nil)
		r.open("alice")
		r.is(messages.StateKMSUnsealed)
		r.recorded(true)
		r.open("bob")
		r.is(messages.StateUnsealed)
		w.Advance(time.Minute)
		r.is(messages.StateUnsealed)
	})
}

// TestSealAgainWhileItIsRecorded: it is not refused for being under way already.
func TestSealAgainWhileItIsRecorded(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.sealedAway(w.plan(2, 1, 0, 0))
		release := make(chan struct{})
		w.store.set(func(m *memory) { m.down, m.before = nil, func() { <-release } })
		w.Advance(2 * time.Second)
		if got := r.status().Work; got != "recording the seal" {
			t.Fatalf("under way: %q", got)
		}
		r.refuses(messages.UnsealByKMS{}, messages.ErrGuardBusy)
		again := r.start(messages.SealChamber{Reason: "fire"})
		w.Wait()
		close(release)
		if err := <-again; err != nil {
			t.Error(err)
		}
		r.recorded(true)
	})
}
