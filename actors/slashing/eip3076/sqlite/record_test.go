package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

// BenchmarkRecord records new votes of 1,000 validators in groups. Its metrics are for one row.
func BenchmarkRecord(b *testing.B) {
	const validators = 1000
	for _, c := range []struct {
		size  int
		marks *eip3076.Marker
	}{{1, nil}, {16, nil}, {64, nil}, {256, nil}, {1, storetest.Marks(1)}, {64, storetest.Marks(1)}, {256, storetest.Marks(1)}} {
		size := c.size
		b.Run(fmt.Sprintf("group=%d,marked=%t", size, c.marks != nil), func(b *testing.B) {
			store, err := sqlite.Open(context.Background(), sqlite.Config{
				Path: filepath.Join(b.TempDir(), "history.sqlite"), Marks: c.marks, Witness: eip3076.NewWitness(),
			})
			if err != nil {
				b.Fatal(err)
			}
			defer store.Close()
			votes := storetest.Votes{Validators: validators}
			record := func(duties []messages.KeyDuty) {
				if _, err := store.Record(context.Background(), duties); err != nil {
					b.Fatal(err)
				}
			}
			for range 100 { // so that the tables have some depth
				record(votes.Group(validators))
			}
			b.ReportAllocs()
			for b.Loop() {
				record(votes.Group(size))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*size), "µs/row")
		})
	}
}

// If the summary that is kept in memory were wrong, the primary keys would still refuse a second row.
func TestAWrongSummaryCannotRecordTwice(t *testing.T) {
	for name, second := range map[string]messages.KeyDuty{
		"block": storetest.Block(storetest.Key(1), 1, 2), "vote": storetest.Vote(storetest.Key(1), 1, 2, 2),
	} {
		store, _ := fresh(t)
		record(t, store, storetest.Block(storetest.Key(1), 1, 1))
		record(t, store, storetest.Vote(storetest.Key(1), 1, 2, 1))
		sqlite.LoseSummary(t, store, storetest.Key(1))
		_, err := store.Record(context.Background(), []messages.KeyDuty{storetest.Block(storetest.Key(2), 1, 1), second})
		if !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		if err := record(t, store, second); !errors.Is(err, messages.ErrSlashable) {
			t.Errorf("%s, once more: %v", name, err)
		}
		if err := record(t, store, storetest.Block(storetest.Key(2), 1, 2)); err != nil {
			t.Errorf("%s: the failed call left a row: %v", name, err)
		}
	}
}

// An old double vote is refused by its own row; the search among later votes is left out.
func TestRefusalsNameTheRuleWhateverIsRead(t *testing.T) {
	store, _ := fresh(t)
	for _, d := range []messages.KeyDuty{
		storetest.Vote(storetest.Key(1), 1, 2, 1), storetest.Vote(storetest.Key(1), 2, 9, 1), storetest.Vote(storetest.Key(1), 9, 10, 1),
	} {
		if err := record(t, store, d); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		duty messages.KeyDuty
		rule string
	}{
		{storetest.Vote(storetest.Key(1), 2, 9, 2), eip3076.RuleDoubleVote},
		{storetest.Vote(storetest.Key(1), 3, 9, 1), eip3076.RuleDoubleVote},
		{storetest.Vote(storetest.Key(1), 3, 8, 1), eip3076.RuleSurroundedVote},
		{storetest.Vote(storetest.Key(1), 8, 11, 1), eip3076.RuleSurroundingVote},
		{storetest.Vote(storetest.Key(1), 0, 1, 1), eip3076.RuleBelowWatermark},
		{storetest.Vote(storetest.Key(1), 8, 7, 1), eip3076.RuleSourceAfterTarget},
		{storetest.Vote(storetest.Key(1), 2, 9, 1), ""},
		{storetest.Vote(storetest.Key(1), 10, 11, 1), ""},
	} {
		if err := record(t, store, c.duty); eip3076.RuleOf(err) != c.rule {
			t.Errorf("%d→%d: %v, want %q", c.duty.Duty.SourceEpoch, c.duty.Duty.TargetEpoch, err, c.rule)
		}
	}
}
