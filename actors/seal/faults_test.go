package seal_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// TestKMSAway: one of three is no loss, two are; the opening is tried again, at longer and longer intervals, until enough
// are back.
func TestKMSAway(t *testing.T) {
	for name, fault := range map[string]error{"away": kek.ErrUnavailable, "denied": kek.ErrDenied, "garbage": kek.ErrRejected} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.openedWith(w.slow(), w.plan(3, 2, 0, 0))
				w.keys.breakKeys(fault, w.references[0])
				w.replica(w.slow()).is(messages.StateUnsealed)
				w.keys.breakKeys(fault, w.references[2])
				r := w.replica(w.slow())
				r.is(messages.StateSealed)
				w.Advance(time.Hour)
				r.is(messages.StateSealed)
				status := r.status().KMS
				wanted := messages.ErrKMSRefused
				if errors.Is(fault, kek.ErrUnavailable) {
					wanted = messages.ErrKMSUnavailable
				}
				if !errors.Is(status.Err, wanted) || status.Attempts < 60 || status.Attempts > 70 || !status.NextAttempt.After(time.Now()) {
					t.Errorf("after an hour: %+v", status)
				}
				if n := len(actorstest.Events[messages.KMSOpenFailed](w.Kit)); n != status.Attempts {
					t.Errorf("%d failures were announced, of %d", n, status.Attempts)
				}
				w.keys.breakKeys(nil, w.references...)
				r.must(messages.UnsealByKMS{}) // need not wait for the next attempt
				r.is(messages.StateUnsealed)
			})
		})
	}
}

func TestKMSComesBack(t *testing.T) {
	inWorld(t, func(w *world) {
		w.openedWith(w.slow(), w.plan(2, 2, 2, 2))
		w.keys.breakKeys(kek.ErrUnavailable, w.references[0])
		r := w.replica(w.slow())
		r.refuses(share("alice"), messages.ErrWrongState) // the key-encryption keys come first
		w.Advance(10 * time.Minute)
		w.keys.breakKeys(nil, w.references[0])
		w.Advance(time.Minute)
		r.is(messages.StateKMSUnsealed)
		if s := r.status().KMS; !s.Open || s.Err != nil || s.Attempts != 0 {
			t.Errorf("%+v", s)
		}
	})
}

// TestKMSHangs: a call that does not come back ends with the job, and a seal does not wait for it.
func TestKMSHangs(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(2, 2, 0, 0))
		w.keys.wait[w.references[1]] = time.Hour
		done := r.start(messages.RotateKMS{Plan: w.plan(2, 1, 0, 0)})
		w.Advance(10 * time.Second)
		if got := r.status().Work; got != messages.CeremonyRotateKMS {
			t.Errorf("under way: %q", got)
		}
		before, _, _ := w.store.Read(w.T.Context())
		if err := <-done; !errors.Is(err, messages.ErrExpired) && !errors.Is(err, messages.ErrKMSUnavailable) {
			t.Error(err)
		}
		r.is(messages.StateUnsealed)
		if after, _, _ := w.store.Read(w.T.Context()); after != before {
			t.Error("the record has changed")
		}
	})
}

// TestStopDuringTheAutomaticOpening: whoever stops does not wait for a key-encryption key that does not answer.
func TestStopDuringTheAutomaticOpening(t *testing.T) {
	inWorld(t, func(w *world) {
		w.opened(w.plan(2, 2, 0, 0))
		w.keys.wait[w.references[1]] = time.Hour
		w.replica(w.config()).is(messages.StateSealed)
		begin := time.Now()
		if err := w.System.Stop(w.T.Context()); err != nil || time.Since(begin) > time.Second {
			t.Errorf("after %v: %v", time.Since(begin), err)
		}
		if failed := actorstest.Events[messages.KMSOpenFailed](w.Kit); len(failed) > 0 {
			t.Errorf("it was announced that %+v", failed)
		}
	})
}

// TestSealDuringACeremony: an emergency seal of another replica does not wait for whatever is under way here.
func TestSealDuringACeremony(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(2, 2, 0, 0))
		other := w.replica(w.config())
		w.keys.wait[w.references[1]] = time.Hour
		done := r.start(messages.RotateKMS{Plan: w.plan(2, 1, 0, 0)})
		w.Advance(time.Second)
		other.must(messages.SealChamber{Reason: "fire"})
		w.Advance(2 * time.Second)
		if err := <-done; !errors.Is(err, messages.ErrSealed) {
			t.Error(err)
		}
		r.is(messages.StateSealed)
	})
}

// TestAbandoned: what a session has begun that is gone is broken off, and never has an effect.
func TestAbandoned(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(2, 2, 0, 0))
		w.keys.wait[w.references[1]] = 10 * time.Second
		done := r.start(messages.RotateKMS{Plan: w.plan(2, 1, 0, 0)})
		w.Advance(time.Second)
		if _, err := actorstest.Ask(w.Kit, r.ref, messages.AbandonCeremony{Fence: w.fence}); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, messages.ErrFenced) {
			t.Error(err)
		}
		before, _, _ := w.store.Read(w.T.Context())
		w.fence-- // the session's own number again
		r.refuses(messages.RotateKMS{Plan: w.plan(2, 1, 0, 0)}, messages.ErrFenced)
		w.Advance(time.Minute)
		if after, _, _ := w.store.Read(w.T.Context()); after != before {
			t.Error("it has had an effect")
		}
		w.keys.wait[w.references[1]] = 0
		r.must(messages.RotateKMS{Plan: w.plan(2, 1, 0, 0)})
	})
}

// TestRecordIsNotBelieved changes the stored record in bad ways, under a process that has seen the good one: each is
// refused by name, and the process goes on with what it had.
func TestRecordIsNotBelieved(t *testing.T) {
	edit := func(old, replacement string) func(*memory) {
		return func(m *memory) { m.version++; m.body = bytes.Replace(m.body, []byte(old), []byte(replacement), 1) }
	}
	for name, test := range map[string]struct {
		change func(*memory)
		want   error
	}{
		"rolled back":           {func(m *memory) { m.version--; m.body = m.history[len(m.history)-2] }, record.ErrOlder},
		"rolled back, numbered": {func(m *memory) { m.version++; m.body = m.history[len(m.history)-2] }, record.ErrOlder},
		"gone":                  {func(m *memory) { m.version, m.body = 0, nil }, record.ErrOlder},
		"edited":                {edit(`"serial":6`, `"serial":7`), record.ErrForged},
		"edited in place":       {func(m *memory) { m.version--; edit(`"serial":6`, `"serial":7`)(m) }, record.ErrForged},
		"cut off":               {func(m *memory) { m.version++; m.body = m.body[:len(m.body)-1] }, record.ErrDamaged},
		"a bit flipped":         {func(m *memory) { m.version++; m.body[len(m.body)/2] ^= 4 }, messages.ErrStateRefused},
		"a tag stripped":        {func(m *memory) { m.version++; m.body[2] = 0; clear(m.body[3:35]) }, record.ErrForged},
		"a newer program's":     {func(m *memory) { m.version++; m.body[0]++ }, record.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				r := w.opened(w.plan(2, 2, 2, 2))
				r.must(messages.SealChamber{})
				r.open("alice", "bob")
				w.store.set(test.change)
				w.Advance(10 * time.Second)
				r.is(messages.StateUnsealed)
				if err := r.status().Err; !errors.Is(err, test.want) {
					t.Errorf("the status says %v", err)
				}
				if refused := actorstest.Events[messages.SealRecordRefused](w.Kit); len(refused) != 1 || !errors.Is(refused[0].Err, test.want) {
					t.Errorf("announced: %v", refused)
				}
				if !errors.Is(r.reads.refused, test.want) {
					t.Errorf("control was answered %v", r.reads.refused)
				}
				r.refuses(messages.RotateKMS{Plan: w.plan(1, 1, 0, 0)}, messages.ErrStateRefused)
			})
		})
	}
}

// TestForeignRecord: a process that knows its chamber does not follow another.
func TestForeignRecord(t *testing.T) {
	inWorld(t, func(w *world) {
		r := w.opened(w.plan(1, 1, 0, 0))
		mine, _, _ := w.store.Read(w.T.Context())
		w.store.set(func(m *memory) { m.version, m.body = 0, nil })
		other := w.replica(w.config())
		other.must(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)})
		w.store.set(func(m *memory) { m.version = mine + 1 })
		w.Advance(2 * time.Second)
		if err := r.status().Err; !errors.Is(err, record.ErrForeign) {
			t.Error(err)
		}
		r.is(messages.StateUnsealed)
	})
}

// TestPanicInTheMachine counts as a refusal: nobody has to open the chamber again because of a bug in a transition.
func TestPanicInTheMachine(t *testing.T) {
	inWorld(t, func(w *world) {
		cfg := w.config().Stepping(func(s seal.State, e seal.Event) (seal.State, []seal.Effect, error) {
			if asked, ok := e.(seal.Asked); ok && asked.Kind == messages.CeremonyRotateKMS {
				panic("test: a bug")
			}
			return s.Step(e)
		})
		r := w.replica(cfg)
		r.must(messages.InitializeChamber{Plan: w.plan(1, 1, 0, 0)})
		r.refuses(messages.RotateKMS{Plan: w.plan(1, 1, 0, 0)}, messages.ErrCrashed)
		r.is(messages.StateUnsealed)
		if e := actorstest.Expect[messages.ActorPanicked](w.Kit); e.Message != "seal.Asked" {
			t.Errorf("%+v", e)
		}
	})
}
