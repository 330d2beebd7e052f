package memory_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

// A failed import must not have touched the rows of the state that stays.
func TestAFailedImportLeavesTheRowsAlone(t *testing.T) {
	store := memory.New(messages.Root{})
	key := storetest.Key(1)
	for _, slot := range []uint64{1, 9, 20} {
		if _, err := store.Record(context.Background(), []messages.KeyDuty{storetest.Block(key, slot, 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.Import(context.Background(), strings.NewReader(storetest.File(key, `{"slot": "5"}, {"slot": "9"}`, "")+"!")); !errors.Is(err, messages.ErrMalformed) {
		t.Fatal(err)
	}
	recorded, err := store.Record(context.Background(), []messages.KeyDuty{storetest.Block(key, 5, 1), storetest.Block(key, 9, 1), storetest.Block(key, 20, 2)})
	if err != nil {
		t.Fatal(err)
	}
	for i, rule := range []string{"", "", eip3076.RuleDoubleProposal} {
		if eip3076.RuleOf(recorded.Verdicts[i]) != rule {
			t.Errorf("duty %d: %v", i, recorded.Verdicts[i])
		}
	}
}
