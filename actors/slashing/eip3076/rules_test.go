package eip3076_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func vote(source, target uint64, root byte) eip3076.Attestation {
	return eip3076.Attestation{Source: source, Target: target, SigningRoot: messages.Root{31: root}, HasRoot: true}
}

func block(slot uint64, root byte) eip3076.Block {
	return eip3076.Block{Slot: slot, SigningRoot: messages.Root{31: root}, HasRoot: true}
}

func TestCheckBlock(t *testing.T) {
	low := eip3076.Floor{Slot: 6} // the watermark is at 5
	rows := []eip3076.Block{block(3, 1), block(5, 1), block(8, 1), {Slot: 9}, block(10, 1), block(10, 2)}
	for _, c := range []struct {
		block  eip3076.Block
		repeat bool
		rule   string
	}{
		{block(6, 1), false, ""},
		{block(11, 1), false, ""},
		{block(8, 1), true, ""},
		{block(5, 1), true, ""},
		{block(3, 1), true, ""},
		{block(5, 2), false, eip3076.RuleDoubleProposal},
		{block(8, 2), false, eip3076.RuleDoubleProposal},
		{block(9, 0), false, eip3076.RuleDoubleProposal},
		{block(10, 1), false, eip3076.RuleDoubleProposal},
		{block(4, 1), false, eip3076.RuleBelowWatermark},
		{block(0, 1), false, eip3076.RuleBelowWatermark},
		{block(eip3076.MaxNumber, 1), false, ""},
		{block(eip3076.MaxNumber+1, 1), false, eip3076.RuleOutOfRange},
	} {
		repeat, err := eip3076.CheckBlock(c.block, low, rows)
		if repeat != c.repeat || eip3076.RuleOf(err) != c.rule || errors.Is(err, messages.ErrSlashable) != (c.rule != "") {
			t.Errorf("%+v: %v, %v, want %v, %q", c.block, repeat, err, c.repeat, c.rule)
		}
	}
}

func TestCheckAttestation(t *testing.T) {
	low := eip3076.Floor{Source: 2, Target: 4} // the watermark is at 2→3
	rows := []eip3076.Attestation{vote(1, 2, 1), vote(2, 3, 1), vote(5, 6, 1), {Source: 6, Target: 7}, vote(8, 20, 1)}
	for _, c := range []struct {
		vote   eip3076.Attestation
		repeat bool
		rule   string
	}{
		{vote(6, 8, 1), false, ""},
		{vote(2, 4, 1), false, ""},
		{vote(8, 21, 1), false, ""},
		{vote(2, 3, 1), true, ""},
		{vote(1, 2, 1), true, ""},
		{vote(5, 6, 1), true, ""},
		{vote(5, 6, 2), false, eip3076.RuleDoubleVote},
		{vote(4, 6, 1), false, eip3076.RuleDoubleVote},
		{vote(6, 7, 0), false, eip3076.RuleDoubleVote},
		{vote(4, 8, 1), false, eip3076.RuleSurroundingVote},
		{vote(9, 19, 1), false, eip3076.RuleSurroundedVote},
		{vote(19, 19, 1), false, eip3076.RuleSurroundedVote},
		{vote(7, 6, 1), false, eip3076.RuleSourceAfterTarget},
		{vote(0, 1, 1), false, eip3076.RuleBelowWatermark},
		{vote(1, 4, 1), false, eip3076.RuleSurroundingVote},
		{vote(0, 1<<63, 1), false, eip3076.RuleOutOfRange},
	} {
		repeat, err := eip3076.CheckAttestation(c.vote, low, rows)
		if repeat != c.repeat || eip3076.RuleOf(err) != c.rule || errors.Is(err, messages.ErrSlashable) != (c.rule != "") {
			t.Errorf("%+v: %v, %v, want %v, %q", c.vote, repeat, err, c.repeat, c.rule)
		}
	}
}

// A first vote at a watermark that was set by hand is refused, as the conditions 2 and 5 of EIP-3076 ask.
func TestWatermarkIsStrict(t *testing.T) {
	low, err := eip3076.Watermark{Slot: 10, Epoch: 5}.Floor()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := eip3076.CheckBlock(block(10, 1), low, nil); eip3076.RuleOf(err) != eip3076.RuleBelowWatermark {
		t.Errorf("block at the watermark: %v", err)
	}
	for v, rule := range map[eip3076.Attestation]string{
		vote(5, 5, 1): eip3076.RuleBelowWatermark, vote(4, 6, 1): eip3076.RuleBelowWatermark, vote(5, 6, 1): "",
	} {
		if _, err := eip3076.CheckAttestation(v, low, nil); eip3076.RuleOf(err) != rule {
			t.Errorf("%+v: %v, want %q", v, err, rule)
		}
	}
}

// What is allowed is slashable with no row, whatever their order.
func TestAllowedIsNotSlashable(t *testing.T) {
	draw := rapid.Custom(func(rt *rapid.T) eip3076.Attestation {
		v := vote(rapid.Uint64Range(0, 6).Draw(rt, "source"), rapid.Uint64Range(0, 6).Draw(rt, "target"), rapid.ByteRange(0, 1).Draw(rt, "root"))
		v.HasRoot = rapid.Bool().Draw(rt, "known")
		return v
	})
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(draw, 0, 4).Draw(rt, "rows")
		a := draw.Draw(rt, "vote")
		a.HasRoot = true
		repeat, err := eip3076.CheckAttestation(a, eip3076.Floor{}, rows)
		slices.Reverse(rows)
		if again, other := eip3076.CheckAttestation(a, eip3076.Floor{}, rows); again != repeat || eip3076.RuleOf(other) != eip3076.RuleOf(err) {
			rt.Fatalf("%v, %v, but in the other order %v, %v", repeat, err, again, other)
		}
		slashable := slices.ContainsFunc(rows, func(r eip3076.Attestation) bool {
			return r != a && (r.Target == a.Target || r.Source < a.Source && a.Target < r.Target || a.Source < r.Source && r.Target < a.Target)
		})
		if refused := slashable || a.Source > a.Target; (err != nil) != refused {
			rt.Fatalf("got %v, should be refused: %v", err, refused)
		}
	})
}

func TestRuleOf(t *testing.T) {
	_, err := eip3076.CheckBlock(block(1, 1), eip3076.Floor{}, []eip3076.Block{block(1, 2)})
	if got := eip3076.RuleOf(fmt.Errorf("wrapped: %w", err)); got != "double_proposal" {
		t.Errorf("got %q", got)
	}
	if got := eip3076.RuleOf(messages.ErrSlashable); got != "" {
		t.Errorf("got %q from a bare sentinel", got)
	}
	if got, want := err.Error(), "slashing protection refused: double_proposal: another block at slot 1 is on record"; got != want {
		t.Errorf("got %q", got)
	}
}
