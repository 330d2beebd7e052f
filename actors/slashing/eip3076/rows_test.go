package eip3076_test

import (
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func TestOf(t *testing.T) {
	d := messages.Duty{SigningRoot: messages.Root{31: 7}, Slot: 64, SourceEpoch: 1, TargetEpoch: 2}
	if got := eip3076.BlockOf(d); got != block(64, 7) {
		t.Errorf("got %+v", got)
	}
	if got := eip3076.AttestationOf(d); got != vote(1, 2, 7) {
		t.Errorf("got %+v", got)
	}
}

func TestTheFirstSignatureSetsTheWatermark(t *testing.T) {
	var s eip3076.Summary
	s = s.SignBlock(block(0, 1)).SignBlock(block(9, 1)).SignAttestation(vote(0, 0, 1)).SignAttestation(vote(3, 4, 1))
	want := eip3076.Summary{Low: eip3076.Floor{Slot: 1, Target: 1}, Top: eip3076.Floor{Slot: 10, Source: 3, Target: 5}}
	if s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestTakenBelowTheFloorLosesItsRoot(t *testing.T) {
	low := eip3076.Floor{Slot: 5, Source: 3, Target: 6}
	if got := low.TakeBlock(block(5, 1)); got != block(5, 1) {
		t.Errorf("got %+v", got)
	}
	if got := low.TakeBlock(block(4, 1)); got != (eip3076.Block{Slot: 4}) {
		t.Errorf("got %+v", got)
	}
	if got := low.TakeAttestation(vote(3, 6, 1)); got != vote(3, 6, 1) {
		t.Errorf("got %+v", got)
	}
	for _, v := range []eip3076.Attestation{vote(2, 6, 1), vote(3, 5, 1)} {
		if got := low.TakeAttestation(v); got != (eip3076.Attestation{Source: v.Source, Target: v.Target}) {
			t.Errorf("got %+v", got)
		}
	}
}

// What the top of a history admits conflicts with none of its rows: the proof that a store need not read them.
func TestTopAdmitsOnlyWhatConflictsWithNothing(t *testing.T) {
	number := rapid.Uint64Range(0, 8)
	rapid.Check(t, func(rt *rapid.T) {
		var top eip3076.Floor
		var rows []eip3076.Attestation
		for range rapid.IntRange(0, 6).Draw(rt, "rows") {
			v := vote(number.Draw(rt, "source"), number.Draw(rt, "target"), 1)
			rows, top = append(rows, v), top.Raise(v.Floor())
		}
		a := vote(number.Draw(rt, "source"), number.Draw(rt, "target"), 2)
		_, err := eip3076.CheckAttestation(a, eip3076.Floor{}, rows)
		if top.AdmitsAttestation(a) && err != nil && eip3076.RuleOf(err) != eip3076.RuleSourceAfterTarget {
			rt.Fatalf("admitted by %+v: %v", top, err)
		}
	})
}
