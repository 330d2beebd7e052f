package eip3076_test

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
)

// A sweep finds something exactly if some pair is slashable.
func TestSweepAgreesWithComparingAllPairs(t *testing.T) {
	number := rapid.Uint64Range(0, 7)
	rapid.Check(t, func(rt *rapid.T) {
		var votes []eip3076.Attestation
		for range rapid.IntRange(0, 6).Draw(rt, "votes") {
			source := number.Draw(rt, "source")
			votes = append(votes, vote(source, source+number.Draw(rt, "span"), 1))
		}
		slices.SortFunc(votes, func(a, b eip3076.Attestation) int { return cmp.Compare(a.Target, b.Target) })
		slashable := false
		for i, a := range votes {
			for _, b := range votes[:i] {
				slashable = slashable || a.Target == b.Target || a.Surrounds(b)
			}
		}
		var sweep eip3076.Sweep
		found := false
		for _, v := range votes {
			found = sweep.Attestation(v) != nil || found
		}
		if found != slashable {
			rt.Fatalf("found: %v, slashable: %v", found, slashable)
		}
	})
}

func TestSweepNamesTheRule(t *testing.T) {
	var sweep eip3076.Sweep
	for i, want := range []string{"", eip3076.RuleDoubleProposal, "", ""} {
		if err := sweep.Block(block([]uint64{0, 0, 1, 3}[i], 1)); eip3076.RuleOf(err) != want {
			t.Errorf("block %d: %v, want %q", i, err, want)
		}
	}
	for i, c := range []struct {
		vote eip3076.Attestation
		rule string
	}{
		{vote(0, 0, 1), ""}, {vote(0, 0, 2), eip3076.RuleDoubleVote}, {vote(2, 3, 1), ""}, {vote(1, 4, 1), eip3076.RuleSurroundingVote},
		{vote(7, 5, 1), eip3076.RuleSourceAfterTarget}, {vote(6, 8, 1), eip3076.RuleSurroundingVote}, {vote(7, 9, 1), ""},
	} {
		if err := sweep.Attestation(c.vote); eip3076.RuleOf(err) != c.rule {
			t.Errorf("vote %d: %v, want %q", i, err, c.rule)
		}
	}
}
