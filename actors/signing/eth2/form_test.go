package eth2_test

import (
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// TestEveryOperationDecodes asks for each operation, its type in any case, and compares what the duty says.
func TestEveryOperationDecodes(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	want := messages.Operations()
	found := map[messages.Operation]bool{}
	for _, s := range samples(t, "mainnet") {
		how := asking[s.Type]
		body := how.request(s.Value)
		for _, kind := range []string{how.kind, strings.ToLower(how.kind)} {
			duty, err := decoder.Decode(body.with("type", kind).body(t))
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			found[duty.Operation] = true
			chainless := slices.Contains([]messages.Operation{
				messages.Deposit, messages.ValidatorRegistration, messages.BuilderRequestAuth,
			}, duty.Operation)
			if duty.GenesisValidatorsRoot.IsZero() != chainless {
				t.Errorf("%s: genesis validators root %s", kind, duty.GenesisValidatorsRoot)
			}
		}
	}
	for _, r := range smallRequests() {
		duty, err := decoder.Decode(r.body(t))
		if err != nil {
			t.Fatal(err)
		}
		found[duty.Operation] = true
	}
	for _, operation := range want {
		if !found[operation] {
			t.Errorf("no request for %s", operation)
		}
	}
}

// smallRequests are of the types whose message is a part of a container.
func smallRequests() []request {
	info := chain("0x06000000")
	return []request{
		{"type": "AGGREGATION_SLOT", "fork_info": info, "aggregation_slot": request{"slot": "7"}},
		{"type": "RANDAO_REVEAL", "fork_info": info, "randao_reveal": request{"epoch": 7}},
		{"type": "SYNC_COMMITTEE_MESSAGE", "fork_info": info, "sync_committee_message": request{"beacon_block_root": someRoot, "slot": "7"}},
	}
}

func TestSmallRequestsHaveTheirRoots(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	seven := "0x07" + strings.Repeat("00", 31)
	want := []messages.Root{
		signed(t, seven, "0x05000000", "0x06000000", mainnetRoot),
		signed(t, seven, "0x02000000", "0x06000000", mainnetRoot),
		signed(t, someRoot, "0x07000000", "0x06000000", mainnetRoot),
	}
	for i, r := range smallRequests() {
		if duty, err := decoder.Decode(r.body(t)); err != nil || duty.SigningRoot != want[i] {
			t.Errorf("%s: %s, %v, want %s", r["type"], duty.SigningRoot, err, want[i])
		}
	}
}

// TestChainlessTypesIgnoreForkInfo: Nimbus sends one with registrations.
func TestChainlessTypesIgnoreForkInfo(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "sepolia"))
	for _, s := range samples(t, "mainnet") {
		how := asking[s.Type]
		if !slices.Contains([]string{"DEPOSIT", "VALIDATOR_REGISTRATION", "BUILDER_REQUEST_AUTH"}, how.kind) {
			continue
		}
		plain := how.request(s.Value).with("fork_info", nil)
		want, err := decoder.Decode(plain.body(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range []any{chain("0x06000000"), "nonsense", 7} {
			if got, err := decoder.Decode(plain.with("fork_info", info).body(t)); err != nil || got != want {
				t.Errorf("%s with fork_info %v: %+v, %v", how.kind, info, got, err)
			}
		}
	}
}

func TestBatchAllowed(t *testing.T) {
	want := []messages.Operation{
		messages.AggregationSlot, messages.Attestation, messages.RandaoReveal, messages.SyncCommitteeMessage,
		messages.SyncCommitteeSelectionProof,
	}
	for _, operation := range append(messages.Operations(), messages.UnknownOperation) {
		if got := eth2.BatchAllowed(operation); got != slices.Contains(want, operation) {
			t.Errorf("%s: %v", operation, got)
		}
	}
}
