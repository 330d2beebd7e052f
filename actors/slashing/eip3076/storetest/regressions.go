package storetest

import (
	"context"
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// regressions puts an earlier state back under a process that has seen a later one.
func (s Subject) regressions(t *testing.T) {
	if s.Snapshot == nil {
		t.Skip("there is no way to put an earlier state of this store back")
	}
	for name, later := range map[string]func(t *testing.T, store eip3076.Store){
		"block": func(t *testing.T, store eip3076.Store) { want(t, store, Block(Key(1), 6, 1), "") },
		"vote":  func(t *testing.T, store eip3076.Store) { want(t, store, Vote(Key(1), 1, 3, 1), "") },
		"watermark": func(t *testing.T, store eip3076.Store) {
			if _, err := store.SetWatermark(context.Background(), eip3076.Watermark{Slot: 50, Epoch: 50}, Key(1)); err != nil {
				t.Fatal(err)
			}
			want(t, store, Block(Key(1), 7, 1), eip3076.RuleBelowWatermark)
		},
	} {
		t.Run(name, func(t *testing.T) { s.regression(t, later) })
	}
	t.Run("pruning is none", s.pruningIsNoRegression)
}

func (s Subject) regression(t *testing.T, later func(*testing.T, eip3076.Store)) {
	store := s.session(t, 1)
	record(t, store, Block(Key(1), 5, 1), Vote(Key(1), 1, 2, 1), Block(Key(2), 5, 1))
	earlier := s.Snapshot(t, store.Store)
	later(t, store)
	latest := s.Snapshot(t, store.Store)
	store.again(1, earlier)
	duties := []messages.KeyDuty{Block(Key(1), 60, 1), Block(Key(2), 60, 1), Vote(Key(1), 60, 61, 1), Block(Key(1), 5, 1)}
	for range 2 {
		recorded, err := store.Record(context.Background(), duties)
		if err != nil {
			t.Fatal(err)
		}
		for i, verdict := range recorded.Verdicts {
			if regressed := i != 1; errors.Is(verdict, messages.ErrStoreRegressed) != regressed || (verdict != nil) != regressed {
				t.Errorf("%s: %v", describe(duties[i]), verdict)
			}
		}
	}
	// The validator that was served has gone on meanwhile; what the other one lost is there again.
	store.again(1, latest)
	want(t, store, Block(Key(1), 60, 1), "")
}

func (s Subject) pruningIsNoRegression(t *testing.T) {
	store := s.session(t, 1)
	imported(t, store, File(Key(1), "", `{"source_epoch": "9", "target_epoch": "2"}`))
	record(t, store, Block(Key(1), 5, 1), Vote(Key(1), 9, 20, 1), Block(Key(1), 50, 1))
	imported(t, store, File(Key(1), "", `{"source_epoch": "30", "target_epoch": "10"}`))
	want(t, store, Vote(Key(1), 30, 31, 1), "")
	pruned(t, store, eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1})
	store.again(1, nothing)
	want(t, store, Block(Key(1), 51, 1), "")
	want(t, store, Vote(Key(1), 31, 32, 1), "")
}
