package dynamodb_test

import (
	"context"
	"sync"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Two replicas meet the same new keys at once: each key is on a page, and each has one history.
func TestNewKeysOfTwoReplicas(t *testing.T) {
	const keys = 150
	p := fresh(t)
	var wait sync.WaitGroup
	for range 2 {
		store := open(t, p.config())
		wait.Go(func() {
			var duties []messages.KeyDuty
			for k := range byte(keys) {
				duties = append(duties, block(keyOf(k), 1, 1))
			}
			recorded, err := store.Record(context.Background(), duties)
			if err != nil {
				t.Error(err)
			}
			for _, verdict := range recorded.Verdicts {
				if verdict != nil {
					t.Error(verdict)
				}
			}
		})
	}
	wait.Wait()
	report, err := open(t, p.config()).Verify(context.Background())
	if err != nil || report.Validators != keys || report.Blocks != keys || len(report.Findings) > 0 {
		t.Errorf("got %+v, %v", report, err)
	}
	if len(p.get(t, "keys#0")) == 0 || len(p.get(t, "keys#1")) == 0 {
		t.Errorf("the pages are missing; there should be %v", p.get(t, "keys")["pages"])
	}
}

// A refused duty leaves no trace of its key.
func TestKeysThatSignedNothingAreUnknown(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	wantRules(t, verdicts(t, store, voteOf(keyOf(1), 3, 2, 1)), eip3076.RuleSourceAfterTarget)
	if report, err := store.Verify(context.Background()); err != nil || report.Validators != 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestDamagedPageIsNoticed(t *testing.T) {
	p := fresh(t)
	verdicts(t, open(t, p.config()), block(keyOf(1), 1, 1))
	p.put(t, item{"pk": text("keys#0"), "keys": blob([]byte("short"))})
	if _, err := open(t, p.config()).Verify(context.Background()); err == nil {
		t.Error("a page that is damaged was read")
	}
}
