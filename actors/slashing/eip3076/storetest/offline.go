package storetest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// exports checks that a store filled from an export refuses what the exporting store refuses.
func (s Subject) exports(t *testing.T) {
	store := open(t, s.Place(t))
	for n := range uint64(40) {
		record(t, store, Block(Key(1), n, 1), Vote(Key(1), n, n+1, 1))
	}
	record(t, store, Block(Key(2), 3, 1))
	pruned(t, store, eip3076.Retention{KeepEpochs: 10, SlotsPerEpoch: 1})
	if _, err := store.SetWatermark(context.Background(), eip3076.Watermark{Slot: 100, Epoch: 100}, Key(3)); err != nil {
		t.Fatal(err)
	}
	all := exported(t, store)
	fresh := open(t, s.Place(t))
	imported(t, fresh, all)
	if again := exported(t, fresh); again != all {
		t.Errorf("exported again:\n%s\nwas:\n%s", again, all)
	}
	want(t, fresh, Block(Key(1), 28, 9), eip3076.RuleBelowWatermark)
	want(t, fresh, Block(Key(1), 29, 9), eip3076.RuleDoubleProposal)
	want(t, fresh, Block(Key(1), 35, 1), "")
	want(t, fresh, Vote(Key(1), 29, 41, 9), eip3076.RuleSurroundingVote)
	want(t, fresh, Vote(Key(1), 29, 29, 9), eip3076.RuleBelowWatermark)
	want(t, fresh, Vote(Key(1), 30, 30, 9), eip3076.RuleDoubleVote)
	want(t, fresh, Vote(Key(1), 39, 40, 1), "")
	want(t, fresh, Block(Key(3), 100, 1), eip3076.RuleDoubleProposal)
	want(t, fresh, Vote(Key(3), 100, 101, 1), "")

	one := exported(t, store, Key(2), Key(2), Key(9))
	if strings.Count(one, "pubkey") != 1 || !strings.Contains(one, Key(2).String()) {
		t.Errorf("exported %s", one)
	}
	empty := with(t, s.Place(t), Opening{})
	if err := empty.Export(context.Background(), io.Discard); !errors.Is(err, eip3076.ErrNoChain) {
		t.Errorf("exported from a store without a chain: %v", err)
	}
}

// pruned prunes every validator.
func pruned(t failer, store eip3076.Recorder, keep eip3076.Retention) eip3076.PruneReport {
	t.Helper()
	report, err := eip3076.PruneAll(context.Background(), store, keep, func(f eip3076.Finding) { t.Fatalf("prune %v: %v", f.Key, f.Err) })
	if err != nil {
		t.Fatalf("prune: %v", err)
	}
	return report
}

func (s Subject) prunes(t *testing.T) {
	store := open(t, s.Place(t))
	for n := range uint64(20) {
		record(t, store, Block(Key(1), 4*n, 1), Vote(Key(1), n, n+1, 1))
	}
	record(t, store, Block(Key(2), 4, 1), Vote(Key(2), 0, 1, 1))
	for _, keep := range []eip3076.Retention{{KeepEpochs: 0, SlotsPerEpoch: 4}, {KeepEpochs: 4, SlotsPerEpoch: 0}} {
		if _, err := store.PruneNext(context.Background(), messages.PublicKey{}, keep); err == nil {
			t.Errorf("pruned with %+v", keep)
		}
	}
	for _, expected := range []eip3076.PruneReport{{Blocks: 15, Attestations: 15}, {}} {
		if got := pruned(t, store, eip3076.Retention{KeepEpochs: 5, SlotsPerEpoch: 4}); got != expected {
			t.Errorf("got %+v", got)
		}
	}
	want(t, store, Block(Key(1), 56, 1), eip3076.RuleBelowWatermark)
	want(t, store, Block(Key(1), 58, 1), "")
	want(t, store, Block(Key(1), 60, 1), "")
	want(t, store, Vote(Key(1), 14, 15, 1), eip3076.RuleBelowWatermark)
	want(t, store, Vote(Key(1), 15, 16, 1), "")
	want(t, store, Vote(Key(1), 14, 21, 1), eip3076.RuleSurroundingVote)
	want(t, store, Block(Key(2), 4, 1), "")
	want(t, store, Block(Key(2), 4, 2), eip3076.RuleDoubleProposal)
	if got := pruned(t, store, eip3076.Retention{KeepEpochs: 1 << 63, SlotsPerEpoch: 32}); got != (eip3076.PruneReport{}) {
		t.Errorf("a retention beyond all numbers: %+v", got)
	}
	if got := pruned(t, store, eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1}); got != (eip3076.PruneReport{Blocks: 5, Attestations: 4}) {
		t.Errorf("got %+v", got)
	}
	want(t, store, Block(Key(1), 76, 1), "")
	want(t, store, Vote(Key(1), 19, 20, 1), "")
}

func (s Subject) watermarks(t *testing.T) {
	store := open(t, s.Place(t))
	record(t, store, Block(Key(1), 10, 1), Vote(Key(1), 1, 2, 1), Block(Key(2), 10, 1))
	set := func(n int, w eip3076.Watermark, keys ...messages.PublicKey) {
		t.Helper()
		if got, err := store.SetWatermark(context.Background(), w, keys...); err != nil || got != n {
			t.Errorf("got %d, %v", got, err)
		}
	}
	set(2, eip3076.Watermark{Slot: 20, Epoch: 5}, Key(1), Key(3), Key(3))
	set(3, eip3076.Watermark{Slot: 15, Epoch: 4})
	for key, slot := range map[messages.PublicKey]uint64{Key(1): 20, Key(2): 15, Key(3): 20} {
		want(t, store, Block(key, slot, 1), eip3076.RuleBelowWatermark)
		want(t, store, Block(key, slot+1, 1), "")
	}
	want(t, store, Block(Key(1), 10, 1), "")
	want(t, store, Vote(Key(1), 5, 5, 1), eip3076.RuleBelowWatermark)
	want(t, store, Vote(Key(1), 4, 6, 1), eip3076.RuleBelowWatermark)
	want(t, store, Vote(Key(1), 5, 6, 1), "")
	if _, err := store.SetWatermark(context.Background(), eip3076.Watermark{Slot: 1 << 63}); !errors.Is(err, messages.ErrMalformed) {
		t.Errorf("a watermark beyond all numbers: %v", err)
	}
}

func (s Subject) verifies(t *testing.T) {
	store := open(t, s.Place(t))
	record(t, store, Block(Key(1), 10, 1), Vote(Key(1), 1, 2, 1))
	report, err := store.Verify(context.Background())
	if err != nil || report.Validators != 1 || report.Blocks != 1 || report.Attestations != 1 || len(report.Findings) != 0 {
		t.Errorf("got %+v, %v", report, err)
	}
	imported(t, store, File(Key(1), `{"slot": "10"}`, `{"source_epoch": "0", "target_epoch": "5"}, {"source_epoch": "7", "target_epoch": "6"}`))
	report, err = store.Verify(context.Background())
	if err != nil || report.GenesisValidatorsRoot != chain || report.Blocks != 2 || report.Attestations != 3 {
		t.Errorf("got %+v, %v", report, err)
	}
	rules := make([]string, len(report.Findings))
	for i, finding := range report.Findings {
		rules[i] = eip3076.RuleOf(finding.Err)
	}
	if got := strings.Join(rules, " "); got != "double_proposal surrounding_vote source_after_target" {
		t.Errorf("findings: %s", got)
	}
}
