package storetest_test

import (
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

// The suite itself runs in the tests of each store; here are the pieces that other tests build stories from.

func TestFileIsAnInterchangeFileOfTheDutiesChain(t *testing.T) {
	var got []eip3076.History
	root, err := eip3076.Decode(strings.NewReader(storetest.File(storetest.Key(1), `{"slot": "1"}`, "")), func(h eip3076.History) error {
		got = append(got, h)
		return nil
	})
	if err != nil || root != storetest.Block(storetest.Key(1), 1, 1).Duty.GenesisValidatorsRoot {
		t.Fatalf("root %v, %v", root, err)
	}
	if len(got) != 1 || got[0].Key != storetest.Key(1) || len(got[0].Blocks) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestDutiesAreProtected(t *testing.T) {
	duties := []messages.KeyDuty{storetest.Block(storetest.Key(1), 3, 1), storetest.Vote(storetest.Key(2), 1, 2, 1)}
	recorded, err := memory.New(messages.Root{}).Record(t.Context(), duties)
	if err != nil || recorded.GenesisValidatorsRoot.IsZero() {
		t.Fatalf("got %+v, %v", recorded, err)
	}
	for i, d := range duties {
		if !d.Duty.Operation.Protected() || recorded.Verdicts[i] != nil {
			t.Errorf("duty %d: %+v, %v", i, d, recorded.Verdicts[i])
		}
	}
}
