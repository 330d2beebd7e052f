package eth2_test

import (
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// TestLegacyBlock: a phase0 block has one root under both types that carry it.
func TestLegacyBlock(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for _, s := range samples(t, "mainnet") {
		if s.Type != "phase0.BeaconBlock" {
			continue
		}
		info := chain("0x00000000")
		old, err := decoder.Decode(request{"type": "BLOCK", "fork_info": info, "block": s.Value}.body(t))
		if err != nil {
			t.Fatal(err)
		}
		v2 := blockRequest(request{"version": "phase0", "block": s.Value}).with("fork_info", info)
		got, err := decoder.Decode(v2.body(t))
		if err != nil || got.SigningRoot != old.SigningRoot || got.Operation != messages.BlockV2 || old.Operation != messages.Block {
			t.Errorf("%+v, %v, want the root of %+v", got, err, old)
		}
	}
}
