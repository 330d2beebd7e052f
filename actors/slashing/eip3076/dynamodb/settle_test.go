package dynamodb_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// deep returns a store in which a key has signed 50 votes: two or three bundles, and rows in the head.
func deep(t *testing.T) (place, []messages.KeyDuty) {
	t.Helper()
	p := fresh(t)
	store := open(t, p.config())
	var votes []messages.KeyDuty
	for n := range uint64(50) {
		votes = append(votes, voteOf(keyOf(1), 2*n, 2*n+2, 1))
		verdicts(t, store, votes[n])
	}
	return p, votes
}

func bundleOf(key messages.PublicKey, n int) string {
	return fmt.Sprintf("rows#%s#%d", key.String()[2:], n)
}

func TestOlderRowsAreReadWhenTheyMatter(t *testing.T) {
	p, votes := deep(t)
	store := open(t, p.config())
	p.spy.since()
	wantRules(t, verdicts(t, store, voteOf(keyOf(1), 100, 102, 1)), "")
	if seen := fmt.Sprint(p.spy.since()); seen != "map[GetItem:1 PutItem:1]" {
		t.Errorf("the newest vote: %s", seen)
	}
	wantRules(t, verdicts(t, store, votes[10], voteOf(keyOf(1), 20, 22, 2), voteOf(keyOf(1), 20, 21, 1), voteOf(keyOf(1), 19, 23, 1), voteOf(keyOf(1), 0, 103, 1)),
		"", eip3076.RuleDoubleVote, "", eip3076.RuleSurroundingVote, eip3076.RuleSurroundingVote)
}

// Whatever becomes of older rows, nothing is signed that they might have forbidden.
func TestOlderRowsThatCannotBeBelieved(t *testing.T) {
	for name, harm := range map[string]func(p place, t *testing.T){
		"gone":      func(p place, t *testing.T) { p.delete(t, item{"pk": text(bundleOf(keyOf(1), 1))}) },
		"exchanged": func(p place, t *testing.T) { moved(t, p, bundleOf(keyOf(1), 0), bundleOf(keyOf(1), 1)) },
		"edited": func(p place, t *testing.T) {
			i, j := p.get(t, bundleOf(keyOf(1), 1)), p.get(t, bundleOf(keyOf(1), 0))
			i["votes"] = j["votes"]
			p.put(t, i)
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := deep(t)
			store := open(t, p.config())
			harm(p, t)
			got := verdicts(t, store, voteOf(keyOf(1), 40, 41, 1), block(keyOf(2), 1, 1))
			if !errors.Is(got[0], messages.ErrRowRefused) || got[1] != nil {
				t.Errorf("got %v", got)
			}
			wantRules(t, verdicts(t, store, voteOf(keyOf(1), 100, 101, 1)), "") // they do not matter to it
			report, err := store.Verify(context.Background())
			if err != nil || len(report.Findings) != 1 || !errors.Is(report.Findings[0].Err, messages.ErrRowRefused) {
				t.Errorf("got %+v, %v", report, err)
			}
		})
	}
}

func moved(t *testing.T, p place, from, to string) {
	t.Helper()
	i := p.get(t, from)
	i["pk"] = text(to)
	p.put(t, i)
}
