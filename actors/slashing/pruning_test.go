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

func TestPrunes(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		d := &disk{Store: memory.New(chain)}
		ref := actorstest.Spawn[messages.Slashing](k, slashing.Spec(slashing.Config{
			Timeout: time.Second, Open: d.open,
			Pruning: slashing.Pruning{Keep: eip3076.Retention{KeepEpochs: 2, SlotsPerEpoch: 4}, Every: time.Hour},
		}))
		var duties []messages.KeyDuty
		for slot := range uint64(20) {
			for key := range byte(3) {
				d := proposal(slot, 1).Duties[0]
				d.Key = messages.PublicKey{key + 1}
				duties = append(duties, d)
			}
		}
		if _, err := actorstest.Ask(k, ref, messages.RecordDuties{Duties: duties}); err != nil {
			t.Fatal(err)
		}
		k.Advance(59 * time.Minute)
		if e := actorstest.Events[messages.HistoryPruned](k); len(e) != 0 {
			t.Errorf("pruned at the start: %+v", e)
		}
		k.Advance(2 * time.Minute)
		e := actorstest.Events[messages.HistoryPruned](k)
		if len(e) != 1 || e[0].Validators != 3 || e[0].Blocks != 3*12 || e[0].Err != nil {
			t.Errorf("%+v", e)
		}
		k.Advance(time.Hour)
		if e := actorstest.Events[messages.HistoryPruned](k); len(e) != 2 || e[1].Validators != 3 || e[1].Blocks != 0 {
			t.Errorf("the second round: %+v", e)
		}
		if r, err := actorstest.Ask(k, ref, proposal(11, 2)); err != nil || eip3076.RuleOf(r.Verdicts[0]) != eip3076.RuleBelowWatermark {
			t.Errorf("%+v, %v", r, err)
		}
		d.broken.Store(true)
		k.Advance(time.Hour)
		if e := actorstest.Events[messages.HistoryPruned](k); len(e) != 3 || !errors.Is(e[2].Err, errDisk) {
			t.Errorf("while the store is down: %+v", e)
		}
	})
}
