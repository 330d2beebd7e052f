package chamber_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/messages"
)

// Clients ask for conflicting votes while actors crash at random. Every request is answered, no two signatures
// conflict, the tree heals, and the crashes are seen.
func TestChaos(t *testing.T) {
	run(t, func(h *harness) {
		delivered := &ledger{votes: map[int]map[uint64]delivery{}}
		var clients sync.WaitGroup
		stop := time.Now().Add(4 * time.Second)
		for key := range h.keys {
			for range 2 {
				clients.Go(func() { h.client(key, delivered, stop) })
			}
		}
		kills := h.killUntil(stop)
		clients.Wait()
		h.heal()
		for key := range h.keys {
			if _, _, err := h.vote(key, 1<<20, 1<<20+1, 0); err != nil {
				t.Errorf("key %d after healing: %v", key, err)
			}
		}
		if err := h.system.Failed().Err(); err != nil {
			t.Errorf("the system failed: %v", context.Cause(h.system.Failed()))
		}
		// Of an actor that is told to crash while its supervisor restarts, one or the other may not be seen.
		panics, restarts := count[messages.ActorPanicked](h), count[messages.ActorRestarted](h)
		if panics < kills/2 || restarts < panics/2 {
			t.Errorf("%d actors were told to crash; %d panics and %d restarts were seen", kills, panics, restarts)
		}
		if free := h.permits.Available(); free != h.permits.Limit() {
			t.Errorf("%d of %d permits are free at rest", free, h.permits.Limit())
		}
		delivered.check(h)
	})
}

// client asks for votes with random epochs and salts, half of them in conflict with others.
func (h *harness) client(key int, delivered *ledger, stop time.Time) {
	for time.Now().Before(stop) {
		source := rand.Uint64N(40)
		duty, signature, err := h.vote(key, source, source+1+rand.Uint64N(3), byte(rand.UintN(2)))
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

// killUntil crashes random actors, few enough that no supervisor gives up, and returns how many.
func (h *harness) killUntil(stop time.Time) int {
	left := map[string]int{"chamber/slashing": 3, "chamber/keys": 3, "chamber/signing": 2}
	for w := range 4 {
		left[fmt.Sprintf("chamber/signing/worker-%02d", w)] = 3
	}
	kills := 0
	for time.Now().Before(stop) {
		for path, n := range left { // in random order
			if n > 0 && h.system.Crash(path) {
				left[path]--
				kills++
				break
			}
		}
		time.Sleep(150 * time.Millisecond)
	}
	return kills
}

func (h *harness) heal() {
	ctx, cancel := context.WithTimeout(h.Context(), 20*time.Second)
	defer cancel()
	if err := h.system.AwaitReady(ctx); err != nil {
		h.Errorf("the tree does not heal: %v", err)
	}
}

// ledger is what clients got, checked by rules of its own.
type ledger struct {
	mu    sync.Mutex
	votes map[int]map[uint64]delivery // by key and target
}

type delivery struct {
	source uint64
	root   messages.Root
}

func (l *ledger) add(h *harness, key int, d messages.Duty) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.votes[key] == nil {
		l.votes[key] = map[uint64]delivery{}
	}
	if before, ok := l.votes[key][d.TargetEpoch]; ok && before.root != d.SigningRoot {
		h.Errorf("key %d: two votes for target %d", key, d.TargetEpoch)
	}
	l.votes[key][d.TargetEpoch] = delivery{d.SourceEpoch, d.SigningRoot}
}

// check looks for surrounds among all deliveries, and for each of them in the database.
func (l *ledger) check(h *harness) {
	total := 0
	for key, votes := range l.votes {
		total += len(votes)
		for target, v := range votes {
			for other, w := range votes {
				if v.source < w.source && other < target {
					h.Errorf("key %d: (%d,%d) surrounds (%d,%d)", key, v.source, target, w.source, other)
				}
			}
		}
	}
	if total == 0 {
		h.Error("nothing was signed")
	}
	if err := h.system.Stop(h.Context()); err != nil {
		h.Error(err)
	}
	store, err := sqlite.Open(h.Context(), sqlite.Config{Path: h.store, GenesisValidatorsRoot: chain})
	if err != nil {
		h.Fatal(err)
	}
	defer store.Close()
	for key, votes := range l.votes {
		for target, v := range votes {
			again := messages.Duty{
				Operation: messages.Attestation, SigningRoot: v.root, GenesisValidatorsRoot: chain, SourceEpoch: v.source, TargetEpoch: target,
			}
			r, err := store.Record(h.Context(), []messages.KeyDuty{{Key: h.keys[key].PublicKey(), Duty: again}})
			if err != nil || r.Verdicts[0] != nil {
				h.Errorf("key %d: the delivered vote for %d is not on record: %v %v", key, target, err, r.Verdicts)
			}
		}
	}
}
