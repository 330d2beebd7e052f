package eip3076_test

import (
	"errors"
	"slices"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

func TestStepAfter(t *testing.T) {
	keys := eip3076.InOrder([]messages.PublicKey{{5}, {1}, {5}, {3}})
	if !slices.Equal(keys, []messages.PublicKey{{1}, {3}, {5}}) {
		t.Fatalf("got %v", keys)
	}
	for after, want := range map[byte]eip3076.Step{
		0: {Key: keys[0]}, 1: {Key: keys[1]}, 2: {Key: keys[1]}, 4: {Key: keys[2]}, 5: {End: true}, 6: {End: true},
	} {
		if got := eip3076.StepAfter(keys, messages.PublicKey{after}); got != want {
			t.Errorf("after %d: %+v", after, got)
		}
	}
}

// Three validators, of which one cannot be believed: the walks pass it by, and report it.
func TestWalksPassByWhatIsRefused(t *testing.T) {
	marks := storetest.Marks(1)
	store := memory.Open(memory.Config{Marks: marks})
	record := func(key byte) {
		for slot := range uint64(3) {
			d := messages.Duty{Operation: messages.BlockV2, GenesisValidatorsRoot: messages.Root{1}, Slot: slot}
			if r, err := store.Record(t.Context(), []messages.KeyDuty{{Key: messages.PublicKey{key}, Duty: d}}); err != nil || r.Verdicts[0] != nil {
				t.Fatal(r, err)
			}
		}
	}
	record(1)
	record(3)
	*marks = marker(9)
	record(2)
	*marks = marker(1)
	var refused []messages.PublicKey
	keep := eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1}
	report, err := eip3076.PruneAll(t.Context(), store, keep, func(f eip3076.Finding) { refused = append(refused, f.Key) })
	if err != nil || report.Blocks != 4 || len(refused) != 1 || refused[0] != (messages.PublicKey{2}) {
		t.Errorf("pruned %+v, refused %v, %v", report, refused, err)
	}
	*marks = marker(2)
	rows, steps := 0, 0
	err = eip3076.RekeyAll(t.Context(), store, eip3076.Rekeying{Old: marker(1)}, func(step eip3076.RekeyStep) {
		steps++
		rows += step.Rows
		if errors.Is(step.Refused, messages.ErrRowRefused) != (step.Key == messages.PublicKey{2}) {
			t.Errorf("%+v", step)
		}
	})
	if err != nil || steps != 3 || rows != 4 {
		t.Errorf("%d steps, %d rows, %v", steps, rows, err)
	}
}
