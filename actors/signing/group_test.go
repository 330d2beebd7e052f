package signing_test

import (
	"context"
	"encoding/binary"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/signing"
	"containment-chamber/messages"
)

var reveal = messages.Duty{Operation: messages.RandaoReveal, SigningRoot: messages.Root{7}, GenesisValidatorsRoot: chain}

// A store that does not come back holds its callers for RecordTimeout, and then nobody: what needs a record is refused
// at once, what needs none is signed, and nothing is kept.
func TestStall(t *testing.T) {
	run(t, func(c *signing.Config) { c.RecordTimeout = 2 * time.Second }, func(h *harness) {
		if _, err := h.sign(4, vote(1, 2, 0)); err != nil {
			t.Fatal(err)
		}
		hold := make(chan struct{})
		h.store.hold = hold
		began := time.Now()
		recording := h.start(h.T.Context(), 0, vote(1, 2, 0))
		h.Advance(time.Second)
		waiting := h.start(h.T.Context(), 1, vote(1, 2, 0))
		for name, done := range map[string]<-chan error{"recording": recording, "waiting": waiting} {
			if err := <-done; !errors.Is(err, messages.ErrStoreUnavailable) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if waited := time.Since(began); waited < 2*time.Second || waited > 2100*time.Millisecond {
			t.Errorf("they were held for %v", waited)
		}
		h.free()
		for n := range 100 { // more than the slashing actor's mailbox takes
			began := time.Now()
			if _, err := h.sign(n%5, vote(1, 2, 0)); !errors.Is(err, messages.ErrStoreUnavailable) || time.Since(began) > 0 {
				t.Fatalf("during the stall, after %v: %v", time.Since(began), err)
			}
		}
		if _, err := h.sign(0, reveal); err != nil {
			t.Errorf("a duty without a record: %v", err)
		}
		h.Advance(time.Hour)
		h.free()
		records := h.store.records.Load()
		close(hold)
		h.Advance(10 * time.Second) // the store gave the record up meanwhile, and is opened anew
		if got := h.store.records.Load(); got != records {
			t.Errorf("%d records were asked for during the stall", got-records)
		}
		if _, err := h.sign(0, vote(1, 2, 1)); err != nil {
			t.Errorf("after the stall: %v", err)
		}
		h.free()
	})
}

// What was refused during a stall stays refused, even if its record succeeds in the end; asking again is safe.
func TestLateRecord(t *testing.T) {
	run(t, func(c *signing.Config) { c.RecordTimeout = 2 * time.Second }, func(h *harness) {
		hold := make(chan struct{})
		h.store.hold = hold
		recording := h.start(h.T.Context(), 0, vote(1, 2, 0))
		h.Advance(time.Second)
		waiting := h.start(h.T.Context(), 1, vote(1, 2, 0))
		h.Advance(2 * time.Second)
		close(hold)
		h.Wait()
		if err := errors.Join(<-recording, <-waiting); !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("during the stall: %v", err)
		}
		if down, up := len(actorstest.Events[messages.SlashingStoreDown](h.Kit)), len(actorstest.Events[messages.SlashingStoreUp](h.Kit)); down != 1 || up != 2 {
			t.Errorf("announced down %d times and up %d times, want 1 and, with the start, 2", down, up)
		}
		if _, err := h.sign(0, vote(1, 2, 1)); !errors.Is(err, messages.ErrSlashable) {
			t.Errorf("another vote than the one that was recorded late: %v", err)
		}
		if _, err := h.sign(0, vote(1, 2, 0)); err != nil {
			t.Errorf("the one that was recorded late: %v", err)
		}
		if _, err := h.sign(1, vote(1, 2, 1)); err != nil {
			t.Errorf("another vote than the one that was only waiting: %v", err)
		}
		h.free()
	})
}

// The front drains during a stall: whoever waits has been refused.
func TestDrainDuringAStall(t *testing.T) {
	run(t, func(c *signing.Config) { c.RecordTimeout = 2 * time.Second }, func(h *harness) {
		h.store.hold = make(chan struct{})
		done := h.start(h.T.Context(), 0, vote(1, 2, 0))
		h.Wait()
		ctx, cancel := context.WithTimeout(h.T.Context(), 5*time.Second)
		defer cancel()
		stopped := make(chan error, 1)
		go func() { stopped <- h.System.Stop(ctx) }()
		if err := <-done; !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("got %v", err)
		}
		h.free()
		h.Wait()
		close(h.store.hold)
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}

// At five times what a slow store can take, it is kept busy all the time, everyone whom it serves is answered in time,
// everyone else is refused at once, and duties that need no record are not touched.
func TestOverload(t *testing.T) {
	const (
		commit, groupSize = 500 * time.Millisecond, 16
		capacity          = 2 * groupSize // duties per second
		seconds           = 20
	)
	for name, permits := range map[string]int{"permits are plenty": 10000, "permits are few": capacity} {
		t.Run(name, func(t *testing.T) {
			run(t, func(c *signing.Config) {
				c.GroupSize, c.RecordTimeout, c.Permits = groupSize, 2500*time.Millisecond, signing.NewPermits(permits)
			}, func(h *harness) {
				h.store.commit = commit
				var o outcomes
				for i := range 5 * capacity * seconds {
					go h.offer(i, &o)
					h.Advance(time.Second / (5 * capacity))
					if _, err := h.sign(0, reveal); err != nil && permits > capacity {
						t.Fatalf("a duty without a record: %v", err)
					}
				}
				h.Advance(10 * time.Second)
				signed, refused := o.signed.Load(), o.refused.Load()
				if signed < capacity*seconds*9/10 || signed+refused != 5*capacity*seconds {
					t.Errorf("%d were signed and %d refused of %d; the store could take %d", signed, refused, 5*capacity*seconds, capacity*seconds)
				}
				if late := o.late.Load(); late > 0 {
					t.Errorf("%d were answered late", late)
				}
			})
		})
	}
}

type outcomes struct{ signed, refused, late atomic.Int64 }

// offer asks for the i-th block: to be signed within 5 seconds, or to be refused within 10 milliseconds.
func (h *harness) offer(i int, o *outcomes) {
	d := messages.Duty{Operation: messages.BlockV2, GenesisValidatorsRoot: chain, Slot: uint64(i)}
	binary.BigEndian.PutUint64(d.SigningRoot[:], uint64(i))
	began := time.Now()
	ctx, cancel := context.WithTimeout(h.T.Context(), time.Minute)
	defer cancel()
	_, err := actors.Ask(ctx, h.ref, messages.Sign{Key: h.keys[i%5].PublicKey(), Duty: d, Deadline: began.Add(5 * time.Second)})
	limit := 10 * time.Millisecond
	switch {
	case err == nil:
		o.signed.Add(1)
		limit = 5 * time.Second
	case errors.Is(err, messages.ErrOverloaded):
		o.refused.Add(1)
	default:
		h.T.Errorf("block %d: %v", i, err)
	}
	if time.Since(began) > limit {
		o.late.Add(1)
	}
}
