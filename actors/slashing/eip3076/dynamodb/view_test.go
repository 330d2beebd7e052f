package dynamodb

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func vote(source, target uint64, root byte) messages.Duty {
	return messages.Duty{Operation: messages.Attestation, SourceEpoch: source, TargetEpoch: target, SigningRoot: messages.Root{root}}
}

// judged answers one duty after the other, each by as few bundles as it takes, and returns how many bundles were
// read for the last, and the verdict on it.
func judged(t *testing.T, v *view, stored *[]bundle, d messages.Duty) (read int, verdict error) {
	t.Helper()
	for v.read = nil; ; v.read = append(v.read, (*stored)[len(*stored)-1-len(v.read)]) {
		verdict, err := v.judge(d)
		if errors.Is(err, errUnread) {
			continue
		}
		read = len(v.read) - v.sealed
		if v.sealed > 0 {
			*stored = append(*stored, v.read[0])
			v.sealed = 0
		}
		return read, verdict
	}
}

func TestDepthOfReading(t *testing.T) {
	var v view
	var stored []bundle
	const bundles = 40
	for n := range uint64(bundles*roomInHead + 1) {
		if read, verdict := judged(t, &v, &stored, vote(2*n, 2*n+2, 1)); verdict != nil || read != 0 {
			t.Fatalf("vote %d: %v after %d bundles", n, verdict, read)
		}
	}
	if len(stored) != bundles {
		t.Fatalf("%d bundles", len(stored))
	}
	at := func(back uint64) uint64 { return 2 * (bundles*roomInHead - back) } // the source of an earlier vote
	for name, c := range map[string]struct {
		duty messages.Duty
		rule string
		read int
	}{
		"the newest again":                    {vote(at(0), at(0)+2, 1), "", 0},
		"one of the newest bundle again":      {vote(at(1), at(1)+2, 1), "", 1},
		"another for its target":              {vote(at(1), at(1)+2, 2), eip3076.RuleDoubleVote, 1},
		"between two":                         {vote(at(20), at(20)+1, 1), "", 2},
		"around one":                          {vote(at(20)-2, at(20)+4, 1), eip3076.RuleDoubleVote, 2},
		"around the newest":                   {vote(at(0)-1, at(0)+3, 1), eip3076.RuleSurroundingVote, 0},
		"as far back as is read, again":       {vote(at(depth*roomInHead), at(depth*roomInHead)+2, 1), "", depth},
		"deeper, again":                       {vote(at(depth*roomInHead+1), at(depth*roomInHead+1)+2, 1), eip3076.RuleBelowWatermark, depth},
		"deeper, and around all that is read": {vote(1, at(0)+3, 1), eip3076.RuleSurroundingVote, depth},
		"never":                               {vote(9, 8, 1), eip3076.RuleSourceAfterTarget, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w, s := v, stored
			read, verdict := judged(t, &w, &s, c.duty)
			if eip3076.RuleOf(verdict) != c.rule || (verdict == nil) != (c.rule == "") || read != c.read {
				t.Errorf("got %v after %d bundles, want %q after %d", verdict, read, c.rule, c.read)
			}
		})
	}
}

func TestBlocksAreJudgedAlike(t *testing.T) {
	var v view
	var stored []bundle
	block := func(slot uint64, root byte) messages.Duty {
		return messages.Duty{Operation: messages.BlockV2, Slot: slot, SigningRoot: messages.Root{root}}
	}
	for n := range uint64((depth+2)*roomInHead + 1) {
		if _, verdict := judged(t, &v, &stored, block(10*n+1, 1)); verdict != nil {
			t.Fatal(verdict)
		}
	}
	for slot, rule := range map[uint64]string{1: eip3076.RuleBelowWatermark, 5: eip3076.RuleBelowWatermark, 5001: eip3076.RuleDoubleProposal, 5005: ""} {
		w, s := v, stored
		if _, verdict := judged(t, &w, &s, block(slot, 2)); eip3076.RuleOf(verdict) != rule || (verdict == nil) != (rule == "") {
			t.Errorf("slot %d: %v, want %q", slot, verdict, rule)
		}
	}
}
