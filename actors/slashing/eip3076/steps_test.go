package eip3076_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/messages"
)

// Three validators, of which one cannot be believed: the walks pass it by, and report it.
func TestWalksPassByWhatIsRefused(t *testing.T) {
	marks := &eip3076.Marker{Key: &plainKey{1}}
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
