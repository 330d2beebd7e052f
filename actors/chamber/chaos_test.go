package chamber_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// Clients ask for conflicting votes and blocks while actors crash and hang at random, and the database stalls, fails,
// and denies what it has recorded. Every request is answered, no two signatures conflict, what was signed is on
// record, the tree heals, and the crashes are seen. CHAOS says for how long, such as 1m.
//
// A jump of the wall clock is not among the faults, because nothing here can feel one: deadlines, pauses and limits
// are made of time.Now in this process and carry its monotonic reading (TestDeadlineIsMonotonic in package http).
func TestChaos(t *testing.T) {
	run(t, func(h *harness) {
		stop := time.Now().Add(duration(t))
		delivered := newLedger(len(h.keys))
		h.faults.stall.Store(5)
		h.faults.fail.Store(5)
		h.faults.lie.Store(5)
		h.faults.probe.Store(100)
		var clients sync.WaitGroup
		for key := range h.keys {
			for range 2 {
				clients.Go(func() { h.client(key, delivered, stop) })
			}
		}
		k := newKiller()
		k.run(h, stop, 200*time.Millisecond)
		clients.Wait()
		h.faults.stall.Store(0)
		h.faults.fail.Store(0)
		h.faults.lie.Store(0)
		h.faults.probe.Store(0)
		h.heal()
		if err := h.system.Failed().Err(); err != nil {
			t.Errorf("the system failed: %v", context.Cause(h.system.Failed()))
		}
		// Of an actor that is told to crash while its supervisor restarts, one or the other may not be seen.
		panics, restarts := count[messages.ActorPanicked](h), count[messages.ActorRestarted](h)
		if panics < k.kills/2 || restarts < panics/2 {
			t.Errorf("%d actors were told to crash; %d panics and %d restarts were seen", k.kills, panics, restarts)
		}
		if free := h.permits.Available(); free != h.permits.Limit() {
			t.Errorf("%d of %d permits are free at rest", free, h.permits.Limit())
		}
		delivered.check(h)
		t.Logf("%d signatures, %d crashes, %d hangs, %d failures of the store", delivered.length(), k.kills, k.hangs, count[messages.SlashingStoreFailed](h))
	})
}

func duration(t *testing.T) time.Duration {
	t.Helper()
	if text := os.Getenv("CHAOS"); text != "" {
		d, err := time.ParseDuration(text)
		if err != nil {
			t.Fatalf("CHAOS: %v", err)
		}
		return d
	}
	if testing.Short() {
		return 2 * time.Second
	}
	return 10 * time.Second
}

// client asks for random votes and blocks of a range that moves with time, half of them in conflict with others.
func (h *harness) client(key int, delivered *ledger, stop time.Time) {
	for began := time.Now(); time.Now().Before(stop); {
		now := uint64(time.Since(began) / (20 * time.Millisecond))
		source := now + rand.Uint64N(20)
		duty := vote(source, source+1+rand.Uint64N(3), byte(rand.UintN(2)))
		if rand.IntN(4) == 0 {
			duty = block(now+rand.Uint64N(20), byte(rand.UintN(2)))
		}
		signature, err := h.sign(key, duty)
		switch {
		case err == nil:
			if !bls.Verify(h.keys[key].PublicKey(), duty.SigningRoot, signature) {
				h.Error("a signature does not verify")
			}
			delivered.add(h, key, duty)
		case errors.Is(err, messages.ErrSlashable), errors.Is(err, messages.ErrCrashed), errors.Is(err, messages.ErrUnavailable),
			errors.Is(err, messages.ErrStoreUnavailable), errors.Is(err, messages.ErrOverloaded):
		default: // messages.ErrExpired among them: nobody may wait that long
			h.Errorf("answered with %v", err)
		}
	}
}

// heal waits until the tree is ready again, and each key signs again.
func (h *harness) heal() {
	ctx, cancel := context.WithTimeout(h.Context(), 30*time.Second)
	defer cancel()
	if err := h.system.AwaitReady(ctx); err != nil {
		h.Errorf("the tree does not heal: %v", err)
	}
	for key := range h.keys {
		_, err := h.sign(key, vote(1<<20, 1<<20+1, 0))
		for err != nil && ctx.Err() == nil { // the store is opened anew within a second of its last failure
			time.Sleep(100 * time.Millisecond)
			_, err = h.sign(key, vote(1<<20, 1<<20+1, 0))
		}
		if err != nil {
			h.Errorf("key %d after healing: %v", key, err)
		}
	}
}
