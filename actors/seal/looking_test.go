package seal_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// TestStateAway: nothing is known at first; later the chamber goes on without it, but holds no ceremony.
func TestStateAway(t *testing.T) {
	inWorld(t, func(w *world) {
		w.store.set(func(m *memory) { m.down = messages.ErrStateUnavailable })
		r := w.replica(w.config())
		r.is("")
		if err := r.status().Err; !errors.Is(err, messages.ErrStateUnavailable) || r.reads.refused != nil {
			t.Errorf("the status says %v, control was answered %v", err, r.reads.refused)
		}
		r.refuses(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)}, messages.ErrStateUnavailable)
		w.store.set(func(m *memory) { m.down = nil })
		w.Advance(time.Second)
		r.is(messages.StateUninitialized)
		r.must(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)})
		w.store.set(func(m *memory) { m.down = messages.ErrStateUnavailable })
		r.refuses(messages.RotateKMS{Plan: w.plan(1, 1, 0, 0)}, messages.ErrStateUnavailable)
		r.is(messages.StateUnsealed)
		if refused := actorstest.Events[messages.SealRecordRefused](w.Kit); len(refused) != 0 {
			t.Errorf("a store that is away has told nothing to refuse: %v", refused)
		}
	})
}

// TestOlderThanWhatWasWritten: what was read before this process has written is older by the time it is offered, and is
// no rollback. What was read thereafter, and is older all the same, is one.
func TestOlderThanWhatWasWritten(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(1, 1, 0, 0))
		old := messages.Snapshot{Component: messages.ComponentSeal, Began: time.Now()}
		old.Version, old.Body, _ = w.store.Read(w.T.Context())
		offer := func() error {
			_, err := actorstest.Ask(w.Kit, r.ref, messages.TakeSnapshot[messages.Seal]{Snapshot: old})
			return err
		}
		time.Sleep(time.Millisecond) // not at the same moment
		for range 2 {
			r.must(messages.RotateKMS{Plan: w.plan(1, 1, 0, 0)})
		}
		if err := offer(); err != nil || r.status().Err != nil {
			t.Errorf("a slow read is taken for a rollback: %v, %v", err, r.status().Err)
		}
		time.Sleep(time.Millisecond)
		old.Began = time.Now()
		if err := offer(); !errors.Is(err, record.ErrOlder) || !errors.Is(r.status().Err, record.ErrOlder) {
			t.Errorf("a rollback is not refused: %v, %v", err, r.status().Err)
		}
		w.Advance(w.interval)
		if err := r.status().Err; err != nil {
			t.Errorf("the store is as it was, and the status says %v", err)
		}
	})
}

// TestAskedAgainAfterACrash: a new incarnation does not wait for the interval, and follows nothing but what it is offered.
func TestAskedAgainAfterACrash(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.openedWith(w.slow(), w.plan(1, 1, 0, 0))
		if r.reads.asked != 0 {
			t.Errorf("asked %d times at the start", r.reads.asked)
		}
		w.store.set(func(m *memory) { m.down = messages.ErrStateUnavailable })
		w.Crash("test/" + r.name)
		w.Advance(time.Second)
		r.is("")
		if r.reads.asked != 1 {
			t.Errorf("asked %d times", r.reads.asked)
		}
		w.store.set(func(m *memory) { m.down = nil })
		w.Advance(w.interval)
		r.is(messages.StateUnsealed)
	})
}

// TestWithoutControl: whoever reads the record may be away when the seal asks.
func TestWithoutControl(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(1, 1, 0, 0))
		w.Crash("test/" + r.name)
		w.Crash("test/control1")
		w.Advance(5 * time.Second)
		r.is(messages.StateUnsealed)
	})
}
