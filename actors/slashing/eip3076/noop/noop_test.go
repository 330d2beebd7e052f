package noop_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076/noop"
	"containment-chamber/messages"
)

func TestPermitsAllOfItsChain(t *testing.T) {
	chain := messages.Root{1}
	duty := messages.Duty{Operation: messages.BlockV2, Slot: 7, GenesisValidatorsRoot: chain, SigningRoot: messages.Root{2}}
	conflict, foreign := duty, duty
	conflict.SigningRoot = messages.Root{3}
	foreign.GenesisValidatorsRoot = messages.Root{9}
	s := noop.Store{GenesisValidatorsRoot: chain}
	r, err := s.Record(t.Context(), []messages.KeyDuty{{Duty: duty}, {Duty: conflict}, {Duty: foreign}})
	if err != nil || r.Verdicts[0] != nil || r.Verdicts[1] != nil || !errors.Is(r.Verdicts[2], messages.ErrWrongNetwork) {
		t.Errorf("%v: %v", r.Verdicts, err)
	}
	if err := errors.Join(s.Probe(t.Context()), s.Close()); err != nil {
		t.Error(err)
	}
}
