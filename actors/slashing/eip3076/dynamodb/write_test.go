package dynamodb_test

import (
	"context"
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/storetest/dynalite"
	"containment-chamber/messages"
)

// The reply to every write is lost once: also to those in which rows leave the head.
func TestEveryReplyIsLostOnce(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	for n := range uint64(40) {
		write := "PutItem"
		if n%16 == 0 {
			write = "TransactWriteItems" // the first of all, and those with which rows leave the head
		}
		p.Inject(dynalite.Fault{Operation: write, Times: 1, Lost: true})
		wantRules(t, verdicts(t, store, voteOf(keyOf(1), n, n+1, 1), voteOf(keyOf(1), n, n+1, 2)), "", eip3076.RuleDoubleVote)
	}
	report, err := store.Verify(context.Background())
	if p.Pending() != 0 || err != nil || report.Attestations != 40 || len(report.Findings) > 0 {
		t.Errorf("got %+v, %v", report, err)
	}
}

// Between a write whose reply is lost and the next attempt, another replica writes.
func TestReplyIsLostAndAnotherReplicaWrites(t *testing.T) {
	p := fresh(t)
	one, other := open(t, p.config()), open(t, p.config())
	verdicts(t, one, voteOf(keyOf(1), 0, 1, 1))
	verdicts(t, other, voteOf(keyOf(1), 1, 2, 1))
	p.Inject(dynalite.Fault{Operation: "PutItem", Times: 1, Lost: true})
	outcome := make(chan error)
	go func() {
		recorded, err := one.Record(context.Background(), []messages.KeyDuty{voteOf(keyOf(1), 2, 3, 1)})
		outcome <- errors.Join(append(recorded.Verdicts, err)...)
	}()
	wantRules(t, verdicts(t, other, voteOf(keyOf(1), 3, 4, 1)), "")
	// Whoever was first, and whatever was lost: 2→3 is on record or was not, and the answer is true.
	if err := <-outcome; err != nil {
		t.Error(err)
	}
	wantRules(t, verdicts(t, other, voteOf(keyOf(1), 2, 3, 2)), eip3076.RuleDoubleVote)
}

// A head that was put back alone does not know of the bundle that is there.
func TestHeadThatWentBackAlone(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	var before item
	for n := range uint64(17) {
		if n == 16 {
			before = p.get(t, headOf(keyOf(1)))
		}
		verdicts(t, store, voteOf(keyOf(1), n, n+1, 1))
	}
	p.put(t, before)
	got := verdicts(t, open(t, p.config()), voteOf(keyOf(1), 16, 17, 2), block(keyOf(2), 1, 1))
	if !errors.Is(got[0], messages.ErrStoreRegressed) || got[1] != nil {
		t.Errorf("got %v", got)
	}
	if bundle := p.get(t, bundleOf(keyOf(1), 0)); bundle["votes"] == nil {
		t.Error("the bundle is gone")
	}
}
