package main

import (
	"encoding/json"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

func hoodi(t testing.TB) eth2.Network {
	t.Helper()
	network, ok := eth2.Builtin("hoodi")
	if !ok {
		t.Fatal("no network hoodi")
	}
	return network
}

// TestRequestsAreUnderstood decodes each request with the server's own decoder.
func TestRequestsAreUnderstood(t *testing.T) {
	network := hoodi(t)
	const slot, epoch = 64_000, 2_000
	for _, test := range []struct {
		operation messages.Operation
		write     func(*scribe)
		want      messages.Duty
	}{
		{messages.Attestation, func(s *scribe) { s.attestation(slot, rootOf(1)) },
			messages.Duty{Slot: slot, SourceEpoch: epoch - 1, TargetEpoch: epoch}},
		{messages.AggregationSlot, func(s *scribe) { s.selectionProof(slot) }, messages.Duty{Slot: slot}},
		{messages.AggregateAndProof, func(s *scribe) { s.aggregate(slot, 7, rootOf(1)) }, messages.Duty{Slot: slot}},
		{messages.RandaoReveal, func(s *scribe) { s.randao(epoch) }, messages.Duty{TargetEpoch: epoch}},
		{messages.BlockV2, func(s *scribe) { s.block(slot, 7) }, messages.Duty{Slot: slot}},
		{messages.SyncCommitteeMessage, func(s *scribe) { s.syncMessage(slot, rootOf(1)) }, messages.Duty{Slot: slot}},
		{messages.SyncCommitteeSelectionProof, func(s *scribe) { s.syncSelectionProof(slot) }, messages.Duty{Slot: slot}},
		{messages.SyncCommitteeContribution, func(s *scribe) { s.contribution(slot, 7, rootOf(1)) }, messages.Duty{Slot: slot}},
		{messages.ValidatorRegistration, func(s *scribe) { s.registration(slot, messages.PublicKey{1}) }, messages.Duty{}},
	} {
		t.Run(string(test.operation), func(t *testing.T) {
			s := newScribe(network)
			test.write(s)
			body, root := s.claim()
			if !json.Valid(body) {
				t.Fatalf("no JSON: %s", body)
			}
			got, err := eth2.NewDecoder(network).Decode(body)
			if err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			want := test.want
			want.Operation, want.SigningRoot = test.operation, root
			if got.GenesisValidatorsRoot != network.GenesisValidatorsRoot && test.operation != messages.ValidatorRegistration {
				t.Errorf("the request is for chain %v", got.GenesisValidatorsRoot)
			}
			got.GenesisValidatorsRoot = messages.Root{}
			if got != want {
				t.Errorf("decodes to %+v, want %+v", got, want)
			}
		})
	}
}
