package dynamodb_test

import (
	"context"
	"fmt"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

func TestPrunedBundlesExpire(t *testing.T) {
	p, votes := deep(t)
	store := open(t, p.config())
	step, err := store.PruneNext(context.Background(), messages.PublicKey{}, eip3076.Retention{KeepEpochs: 30, SlotsPerEpoch: 1})
	if err != nil || step.Attestations != 35 || step.Refused != nil {
		t.Fatalf("got %+v, %v", step, err)
	}
	for n, expires := range []bool{true, true, false} {
		i := p.get(t, bundleOf(keyOf(1), n))
		if (i["expires_at"] != nil) != expires || len(i) == 0 {
			t.Errorf("bundle %d: %v", n, i["expires_at"])
		}
		if expires {
			p.delete(t, i) // as DynamoDB does
		}
	}
	wantRules(t, verdicts(t, store, votes[34], votes[35], voteOf(keyOf(1), 71, 72, 2)), eip3076.RuleBelowWatermark, "", eip3076.RuleDoubleVote)
	report, err := store.Verify(context.Background())
	if err != nil || report.Attestations != 15 || len(report.Findings) > 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestRekeyWritesHeadsOnly(t *testing.T) {
	p, _ := deep(t)
	cfg := p.config()
	cfg.Marks = storetest.Marks(1)
	store := open(t, cfg)
	p.spy.since()
	rows := 0
	err := eip3076.RekeyAll(context.Background(), store, eip3076.Rekeying{AcceptUnmarked: true}, func(s eip3076.RekeyStep) { rows += s.Rows })
	if seen := p.spy.since(); err != nil || rows != 51 || seen["PutItem"] != 1 || seen["TransactWriteItems"] != 0 {
		t.Errorf("%d rows, %v, %v", rows, fmt.Sprint(seen), err)
	}
	report, err := open(t, cfg).Verify(context.Background())
	if err != nil || report.Attestations != 50 || len(report.Findings) > 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}
