package dynamodb_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

var (
	keyOf  = storetest.Key
	block  = storetest.Block
	voteOf = storetest.Vote
)

// verdicts records duties and returns the verdicts.
func verdicts(t testing.TB, s *dynamodb.Store, duties ...messages.KeyDuty) []error {
	t.Helper()
	recorded, err := s.Record(context.Background(), duties)
	if err != nil {
		t.Fatal(err)
	}
	return recorded.Verdicts
}

func wantRules(t testing.TB, got []error, rules ...string) {
	t.Helper()
	for i, verdict := range got {
		if eip3076.RuleOf(verdict) != rules[i] || (verdict == nil) != (rules[i] == "") {
			t.Errorf("verdict %d: %v, want %q", i, verdict, rules[i])
		}
	}
}

// TestRequestsPerSignature counts what signing costs.
func TestRequestsPerSignature(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	verdicts(t, store, block(keyOf(1), 1, 1), voteOf(keyOf(2), 0, 1, 1))
	p.spy.since()
	sign := func(n uint64) {
		wantRules(t, verdicts(t, store, voteOf(keyOf(1), n, n+1, 1), voteOf(keyOf(2), n, n+1, 1)), "", "")
	}
	for n := range uint64(14) {
		sign(n + 1)
	}
	if seen := fmt.Sprint(p.spy.since()); seen != "map[PutItem:28]" {
		t.Errorf("28 signatures that follow on others: %s", seen)
	}
	sign(15)
	sign(16)
	sign(17)
	if seen := fmt.Sprint(p.spy.since()); seen != "map[PutItem:4 TransactWriteItems:2]" {
		t.Errorf("6 signatures, with which the rows leave both heads: %s", seen)
	}
	wantRules(t, verdicts(t, store, block(keyOf(1), 5, 1), voteOf(keyOf(1), 20, 21, 1), voteOf(keyOf(1), 20, 21, 1), voteOf(keyOf(1), 20, 21, 2)),
		"", "", "", eip3076.RuleDoubleVote)
	if seen := fmt.Sprint(p.spy.since()); seen != "map[PutItem:1]" {
		t.Errorf("4 duties of one key: %s", seen)
	}
	wantRules(t, verdicts(t, store, block(keyOf(1), 5, 1), voteOf(keyOf(1), 20, 21, 2)), "", eip3076.RuleDoubleVote)
	if seen := fmt.Sprint(p.spy.since()); seen != "map[GetItem:1]" {
		t.Errorf("a repeat and a refusal: %s", seen)
	}
}

// TestTwoReplicasNeverContradictEachOther lets two stores on one table sign as fast as they can, each of everything once
// in its own version.
func TestTwoReplicasNeverContradictEachOther(t *testing.T) {
	const keys, epochs = 6, 25
	p := fresh(t)
	var (
		wait    sync.WaitGroup
		allowed [2][keys][epochs]atomic.Bool
	)
	for replica := range 2 {
		store := open(t, p.config())
		wait.Go(func() {
			for epoch := range uint64(epochs) {
				var duties []messages.KeyDuty
				for k := range byte(keys) {
					duties = append(duties, voteOf(keyOf(k), epoch, epoch+1, byte(replica)))
				}
				recorded, err := store.Record(context.Background(), duties)
				if err != nil {
					t.Error(err)
					return
				}
				for k, verdict := range recorded.Verdicts {
					allowed[replica][k][epoch].Store(verdict == nil)
				}
			}
		})
	}
	wait.Wait()
	for k := range keys {
		for epoch := range epochs {
			first, second := allowed[0][k][epoch].Load(), allowed[1][k][epoch].Load()
			if first && second {
				t.Errorf("key %d, epoch %d: both", k, epoch)
			}
			if epoch == epochs-1 && !first && !second {
				t.Errorf("key %d, epoch %d: neither", k, epoch)
			}
		}
	}
	report, err := open(t, p.config()).Verify(context.Background())
	if err != nil || report.Validators != keys || len(report.Findings) > 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}

// A head in memory may be old: another replica, an import or a watermark came between.
func TestWhatAnotherReplicaDidIsHeeded(t *testing.T) {
	p := fresh(t)
	one, other := open(t, p.config()), open(t, p.config())
	wantRules(t, verdicts(t, one, voteOf(keyOf(1), 1, 2, 1), block(keyOf(1), 5, 1)), "", "")
	wantRules(t, verdicts(t, other, voteOf(keyOf(1), 2, 3, 1), block(keyOf(1), 5, 2), block(keyOf(1), 5, 1)), "", eip3076.RuleDoubleProposal, "")
	wantRules(t, verdicts(t, one, voteOf(keyOf(1), 2, 3, 2)), eip3076.RuleDoubleVote)
	wantRules(t, verdicts(t, one, voteOf(keyOf(1), 2, 3, 1)), "")
	if _, err := other.SetWatermark(context.Background(), eip3076.Watermark{Slot: 9, Epoch: 9}); err != nil {
		t.Fatal(err)
	}
	wantRules(t, verdicts(t, one, voteOf(keyOf(1), 8, 9, 1), block(keyOf(1), 9, 1), voteOf(keyOf(1), 9, 10, 1)),
		eip3076.RuleBelowWatermark, eip3076.RuleBelowWatermark, "")
}
