package eip3076_test

import (
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func TestWitness(t *testing.T) {
	w := eip3076.NewWitness()
	for i, c := range []struct {
		top       eip3076.Floor
		regressed bool
	}{
		{eip3076.Floor{}, false},
		{eip3076.Floor{Slot: 5, Source: 1, Target: 3}, false},
		{eip3076.Floor{Slot: 5, Source: 1, Target: 3}, false},
		{eip3076.Floor{Slot: 4, Source: 2, Target: 9}, true},
		{eip3076.Floor{Slot: 5, Source: 1, Target: 9}, true}, // what was seen of a store that went back counts too
		{eip3076.Floor{Slot: 5, Source: 2, Target: 8}, true},
		{eip3076.Floor{Slot: 5, Source: 2, Target: 9}, false},
	} {
		err := w.See(markedKey, c.top)
		if errors.Is(err, messages.ErrStoreRegressed) != c.regressed || (err != nil) != c.regressed {
			t.Errorf("%d: %v", i, err)
		}
	}
	if err := w.See(messages.PublicKey{1}, eip3076.Floor{}); err != nil {
		t.Errorf("another validator: %v", err)
	}
	if err := w.See(markedKey, eip3076.Floor{Slot: 5, Source: 2, Target: 1}); err == nil || !strings.Contains(err.Error(), "up to 2→8, now below 5 and up to 2→0") {
		t.Errorf("got %v", err)
	}
	var none *eip3076.Witness
	if err := none.See(markedKey, eip3076.Floor{Slot: 5}); err != nil {
		t.Error(err)
	}
}
