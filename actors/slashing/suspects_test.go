package slashing_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/messages"
)

// With another key, no row is believed; with the old one, all are again.
func TestWhatIsNotBelievedIsShownUntilItIs(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		marks := &eip3076.Marker{Key: &plainKey{bytes: [32]byte{1}}}
		right := *marks
		d := &disk{Store: memory.Open(memory.Config{GenesisValidatorsRoot: chain, Marks: marks})}
		ref := actorstest.Spawn[messages.Slashing](k, slashing.Spec(slashing.Config{
			Timeout: time.Second, Marks: marks, Open: d.open,
		}))
		if _, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil {
			t.Fatal(err)
		}
		marks.Key = &plainKey{bytes: [32]byte{2}}
		for range 2 {
			if r, err := actorstest.Ask(k, ref, proposal(8, 1)); err != nil || !errors.Is(r.Verdicts[0], messages.ErrRowRefused) {
				t.Errorf("%+v, %v", r, err)
			}
		}
		if e := actorstest.Events[messages.RowRefused](k); len(e) != 2 || e[0].Kind != eip3076.RowWatermark || e[0].Reason != eip3076.ReasonMismatch || e[0].Key != (messages.PublicKey{1}) {
			t.Errorf("published %+v", e)
		}
		if e := actorstest.Events[messages.StoreSuspect](k); len(e) != 1 || e[0].Refused != 1 {
			t.Errorf("published %+v", e)
		}
		if health, _ := actorstest.Ask(k, ref, messages.GetSlashingHealth{}); health.Err != nil || health.Suspect.Refused != 1 || health.Suspect.Cause == nil {
			t.Errorf("health %+v", health)
		}
		*marks = right
		if _, err := actorstest.Ask(k, ref, proposal(7, 2)); err != nil { // slashable, and so believed
			t.Fatal(err)
		}
		if e := actorstest.Events[messages.StoreSuspect](k); len(e) != 2 || e[1] != (messages.StoreSuspect{}) {
			t.Errorf("published %+v", e)
		}
	})
}

// An old state of the store comes back while the actor opens it anew.
func TestARegressionIsShown(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		witness := eip3076.NewWitness()
		open := func() *memory.Store {
			return memory.Open(memory.Config{GenesisValidatorsRoot: chain, Witness: witness})
		}
		d := &disk{Store: open()}
		ref := spawn(k, d)
		if _, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil {
			t.Fatal(err)
		}
		d.Store = open()
		if r, err := actorstest.Ask(k, ref, proposal(8, 1)); err != nil || !errors.Is(r.Verdicts[0], messages.ErrStoreRegressed) {
			t.Errorf("%+v, %v", r, err)
		}
		if health, _ := actorstest.Ask(k, ref, messages.GetSlashingHealth{}); health.Suspect.Regressed != 1 || !health.Unmarked {
			t.Errorf("health %+v", health)
		}
		if e := actorstest.Events[messages.RowsUnmarked](k); len(e) != 1 {
			t.Errorf("said %d times that rows are not authenticated", len(e))
		}
	})
}
