package chamber_test

import (
	"sync"

	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/messages"
)

// ledger is what clients got, checked by rules of its own.
type ledger struct {
	mu     sync.Mutex
	votes  map[int]map[uint64]messages.Duty // by key and target
	blocks map[int]map[uint64]messages.Duty // by key and slot
}

func newLedger(keys int) *ledger {
	l := &ledger{votes: map[int]map[uint64]messages.Duty{}, blocks: map[int]map[uint64]messages.Duty{}}
	for key := range keys {
		l.votes[key], l.blocks[key] = map[uint64]messages.Duty{}, map[uint64]messages.Duty{}
	}
	return l
}

func (l *ledger) add(h *harness, key int, d messages.Duty) {
	l.mu.Lock()
	defer l.mu.Unlock()
	book, at := l.votes[key], d.TargetEpoch
	if d.Operation == messages.BlockV2 {
		book, at = l.blocks[key], d.Slot
	}
	if before, ok := book[at]; ok && before.SigningRoot != d.SigningRoot {
		h.Errorf("key %d: two signatures of kind %s at %d", key, d.Operation, at)
	}
	book[at] = d
}

func (l *ledger) length() int {
	n := 0
	for key := range l.votes {
		n += len(l.votes[key]) + len(l.blocks[key])
	}
	return n
}

// check looks for surrounds among all votes, and for everything that was delivered in the database.
func (l *ledger) check(h *harness) {
	for key, votes := range l.votes {
		for target, v := range votes {
			for other, w := range votes {
				if v.SourceEpoch < w.SourceEpoch && other < target {
					h.Errorf("key %d: (%d,%d) surrounds (%d,%d)", key, v.SourceEpoch, target, w.SourceEpoch, other)
				}
			}
		}
	}
	if err := h.system.Stop(h.Context()); err != nil {
		h.Error(err)
	}
	store, err := sqlite.Open(h.Context(), sqlite.Config{Path: h.store, GenesisValidatorsRoot: chain})
	if err != nil {
		h.Fatal(err)
	}
	defer store.Close()
	for _, books := range []map[int]map[uint64]messages.Duty{l.votes, l.blocks} {
		total := 0
		for key, book := range books {
			total += len(book)
			l.checkRecorded(h, store, key, book)
		}
		if total == 0 {
			h.Error("nothing was signed of one kind")
		}
	}
}

// checkRecorded expects that a contradiction of each delivered duty is refused: only what is on record can forbid it.
func (l *ledger) checkRecorded(h *harness, store *sqlite.Store, key int, book map[uint64]messages.Duty) {
	for at, d := range book {
		for _, other := range []bool{false, true} {
			again := d
			if other {
				again.SigningRoot[0] ^= 1
			}
			r, err := store.Record(h.Context(), []messages.KeyDuty{{Key: h.keys[key].PublicKey(), Duty: again}})
			if err != nil || (r.Verdicts[0] != nil) != other {
				h.Errorf("key %d: %s at %d is not on record (asked for another one: %v): %v %v", key, d.Operation, at, other, err, r.Verdicts)
			}
		}
	}
}
