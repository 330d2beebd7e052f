package storetest

import (
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// attempt is a duty and the rule that refuses it, "" for none.
type attempt struct {
	duty messages.KeyDuty
	rule string
}

func (s Subject) cases(t *testing.T) {
	for name, attempts := range conflicts(Key(1), Key(2)) {
		s.attempt(t, name, attempts)
	}
	for name, attempts := range extremes(Key(1)) {
		s.attempt(t, name, attempts)
	}
}

// attempt makes the attempts one after another, and, in another store, all at once.
func (s Subject) attempt(t *testing.T, name string, attempts []attempt) {
	t.Run(name, func(t *testing.T) {
		store := open(t, s.Place(t))
		for _, attempt := range attempts {
			want(t, store, attempt.duty, attempt.rule)
		}
	})
	t.Run(name+", in one call", func(t *testing.T) {
		store := open(t, s.Place(t))
		duties := make([]messages.KeyDuty, len(attempts))
		for i := range attempts {
			duties[i] = attempts[i].duty
		}
		for i, verdict := range record(t, store, duties...) {
			if !as(verdict, attempts[i].rule) {
				t.Errorf("%s: got %v, want %q", describe(duties[i]), verdict, attempts[i].rule)
			}
		}
	})
}

// conflicts are stories of messages that contradict each other.
func conflicts(a, b messages.PublicKey) map[string][]attempt {
	return map[string][]attempt{
		"double proposal": {
			{Block(a, 10, 1), ""}, {Block(a, 10, 1), ""}, {Block(a, 10, 2), eip3076.RuleDoubleProposal}, {Block(a, 10, 1), ""},
			{Block(b, 10, 2), ""},
		},
		"a gap between blocks is open, what precedes the first is not": {
			{Block(a, 10, 1), ""}, {Block(a, 20, 1), ""}, {Block(a, 15, 1), ""}, {Block(a, 15, 2), eip3076.RuleDoubleProposal},
			{Block(a, 9, 1), eip3076.RuleBelowWatermark},
		},
		"double vote": {
			{Vote(a, 1, 2, 1), ""}, {Vote(a, 1, 2, 1), ""}, {Vote(a, 1, 2, 2), eip3076.RuleDoubleVote},
			{Vote(a, 0, 2, 1), eip3076.RuleDoubleVote}, {Vote(a, 2, 2, 3), eip3076.RuleDoubleVote}, {Vote(b, 1, 2, 2), ""},
		},
		"surrounding": {
			{Vote(a, 1, 2, 1), ""}, {Vote(a, 4, 5, 1), ""}, {Vote(a, 3, 6, 1), eip3076.RuleSurroundingVote},
			{Vote(a, 4, 6, 1), ""}, {Vote(a, 0, 7, 1), eip3076.RuleSurroundingVote},
		},
		"surrounded": {
			{Vote(a, 1, 2, 1), ""}, {Vote(a, 2, 8, 1), ""}, {Vote(a, 3, 7, 1), eip3076.RuleSurroundedVote},
			{Vote(a, 7, 7, 1), eip3076.RuleSurroundedVote}, {Vote(a, 2, 7, 1), ""}, {Vote(a, 3, 9, 1), ""},
		},
		"a vote far behind a wide one": {
			{Vote(a, 1, 3, 1), ""}, {Vote(a, 2, 20, 1), ""}, {Vote(a, 2, 21, 1), ""}, {Vote(a, 2, 4, 1), ""},
			{Vote(a, 1, 5, 1), eip3076.RuleSurroundingVote}, {Vote(a, 3, 5, 1), eip3076.RuleSurroundedVote},
		},
	}
}

// extremes are stories at the ends of what numbers and roots may be.
func extremes(a messages.PublicKey) map[string][]attempt {
	return map[string][]attempt{
		"source after target": {
			{Vote(a, 3, 2, 1), eip3076.RuleSourceAfterTarget}, {Vote(a, 2, 2, 1), ""},
		},
		"genesis": {
			{Block(a, 0, 1), ""}, {Block(a, 0, 1), ""}, {Block(a, 0, 2), eip3076.RuleDoubleProposal},
			{Vote(a, 0, 0, 1), ""}, {Vote(a, 0, 0, 1), ""}, {Vote(a, 0, 0, 2), eip3076.RuleDoubleVote}, {Vote(a, 0, 1, 1), ""},
		},
		"great numbers": {
			{Block(a, eip3076.MaxNumber-1, 1), ""}, {Block(a, eip3076.MaxNumber, 1), ""},
			{Block(a, eip3076.MaxNumber, 2), eip3076.RuleDoubleProposal}, {Block(a, eip3076.MaxNumber, 1), ""},
			{Block(a, eip3076.MaxNumber+1, 1), eip3076.RuleOutOfRange}, {Block(a, 1<<64-1, 1), eip3076.RuleOutOfRange},
			{Vote(a, eip3076.MaxNumber-1, eip3076.MaxNumber, 1), ""}, {Vote(a, eip3076.MaxNumber, eip3076.MaxNumber, 2), eip3076.RuleDoubleVote},
			{Vote(a, 0, 1<<64-1, 1), eip3076.RuleOutOfRange}, {Vote(a, 1<<63, 1<<63, 1), eip3076.RuleOutOfRange},
		},
		"the zero root is a root": {
			{Block(a, 1, 0), ""}, {Block(a, 1, 0), ""}, {Block(a, 1, 1), eip3076.RuleDoubleProposal},
		},
	}
}
