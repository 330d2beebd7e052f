package eip3076_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func TestTallyLiftsTheWatermarkToTheMinima(t *testing.T) {
	all := eip3076.Imported{Blocks: true, Attestations: true}
	file := eip3076.Floor{Slot: 6, Source: 2, Target: 5} // the minima of the file below are 5, 2 and 4
	for name, c := range map[string]struct {
		low, want eip3076.Floor
		before    eip3076.Imported
	}{
		"a new key":              {eip3076.Floor{}, file, eip3076.Imported{}},
		"a key that signed":      {eip3076.Floor{Slot: 2, Source: 9, Target: 3}, eip3076.Floor{Slot: 6, Source: 9, Target: 5}, eip3076.Imported{}},
		"a second import":        {eip3076.Floor{Slot: 2, Source: 1, Target: 3}, eip3076.Floor{Slot: 2, Source: 1, Target: 3}, all},
		"a second one of blocks": {eip3076.Floor{Slot: 2}, eip3076.Floor{Slot: 2, Source: 2, Target: 5}, eip3076.Imported{Blocks: true}},
	} {
		var tally eip3076.Tally
		tally.Block(block(7, 1), true)
		tally.Block(block(5, 1), false)
		tally.Attestation(vote(3, 4, 1), true)
		tally.Attestation(vote(2, 6, 1), true)
		low, imported := tally.Lift(c.low, c.before)
		if low != c.want || imported != all {
			t.Errorf("%s: got %+v, %+v", name, low, imported)
		}
		if tally.Report != (eip3076.ImportedValidator{Blocks: 1, Attestations: 2, Present: 1, Low: c.want}) {
			t.Errorf("%s: report %+v", name, tally.Report)
		}
	}
}

func TestTallyOfNothing(t *testing.T) {
	var tally eip3076.Tally
	if low, imported := tally.Lift(eip3076.Floor{}, eip3076.Imported{}); low != (eip3076.Floor{}) || imported != (eip3076.Imported{}) {
		t.Errorf("got %+v, %+v", low, imported)
	}
}

func TestTalliesKeepTheOrderOfTheFile(t *testing.T) {
	var tallies eip3076.Tallies
	keys := []messages.PublicKey{{9}, {1}, {5}, {1}}
	for _, key := range keys {
		tallies.Of(key).Block(block(1, 1), true)
	}
	report, err := tallies.Finish(chain, func(*eip3076.Tally) error { return nil })
	if err != nil || len(report.Validators) != 3 || report.GenesisValidatorsRoot != chain {
		t.Fatalf("got %+v, %v", report, err)
	}
	for i, v := range report.Validators {
		if v.Key != keys[i] || v.Blocks != []int{1, 2, 1}[i] {
			t.Errorf("validator %d: %+v", i, v)
		}
	}
	mine := errors.New("mine")
	if _, err := tallies.Finish(chain, func(*eip3076.Tally) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("got %v", err)
	}
}
