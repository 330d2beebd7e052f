package eth2_test

import (
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

func header() request {
	return request{"slot": "9", "proposer_index": "1", "parent_root": someRoot, "state_root": someRoot, "body_root": someRoot}
}

func blockRequest(beaconBlock any) request {
	return request{"type": "BLOCK_V2", "fork_info": chain("0x06000000"), "beacon_block": beaconBlock}
}

// TestHeaderOfAnyVersion: the root of a header does not depend on the fork.
func TestHeaderOfAnyVersion(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	want, err := decoder.Decode(blockRequest(request{"version": "FULU", "block_header": header()}).body(t))
	if err != nil || want.Slot != 9 || want.Operation != messages.BlockV2 {
		t.Fatalf("%+v, %v", want, err)
	}
	for _, version := range []any{"PHASE0", "ALTAIR", "bellatrix", "GLOAS", "HEZE", "STILL_UNKNOWN", nil, 7} {
		body := blockRequest(request{"version": "x", "block_header": header()}.with("version", version)).body(t)
		if got, err := decoder.Decode(body); err != nil || got != want {
			t.Errorf("version %v: %+v, %v", version, got, err)
		}
	}
}

func TestBlocksThatAreRefused(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for want, beaconBlock := range map[string]any{
		"beacon_block: want an object":              "text",
		"beacon_block: version: missing":            request{},
		"beacon_block: version: want a string":      request{"version": 7, "block": request{"slot": 1}},
		"beacon_block: block_header: missing":       request{"version": "FULU"},
		"beacon_block: block_header: missing, only": request{"version": "BELLATRIX", "block": request{"slot": 1}},
		"beacon_block: body_root: missing":          request{"version": "FULU", "block_header": header().with("body_root", nil)},
		"beacon_block: proposer_index: missing":     request{"version": "PHASE0", "block": request{"slot": 1}},
	} {
		_, err := decoder.Decode(blockRequest(beaconBlock).body(t))
		if !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", beaconBlock, err, want)
		}
	}
}
