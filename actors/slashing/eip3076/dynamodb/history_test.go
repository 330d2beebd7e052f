package dynamodb_test

import (
	"context"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
)

func TestExportOfManyBundlesIsInOrder(t *testing.T) {
	p, votes := deep(t)
	store := open(t, p.config())
	wantRules(t, verdicts(t, store, voteOf(keyOf(1), 60, 61, 1)), "") // which belongs into the middle
	var file strings.Builder
	if err := store.Export(context.Background(), &file); err != nil {
		t.Fatal(err)
	}
	var last uint64
	rows := 0
	_, err := eip3076.Decode(strings.NewReader(file.String()), func(h eip3076.History) error {
		for _, a := range h.Attestations {
			if a.Target <= last {
				t.Errorf("%d follows %d", a.Target, last)
			}
			last = a.Target
			rows++
		}
		return nil
	})
	if err != nil || rows != len(votes)+1 {
		t.Errorf("%d rows, %v", rows, err)
	}
}

func TestVerifyFindsAHeadThatIsGone(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	verdicts(t, store, block(keyOf(1), 1, 1), block(keyOf(2), 1, 1))
	p.delete(t, item{"pk": text(headOf(keyOf(2)))})
	report, err := store.Verify(context.Background())
	if err != nil || len(report.Findings) != 1 || report.Findings[0].Key != keyOf(2) {
		t.Errorf("got %+v, %v", report, err)
	}
}
