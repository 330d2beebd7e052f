package eth2_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestCollections(t *testing.T) {
	const phase0 = "phase0.BeaconBlock"
	network := mustBuiltin(t, "mainnet")
	vote := attestation()["attestation"]
	signature := "0x" + strings.Repeat("22", 96)
	indexed := func(n int) request {
		indices := make([]string, n)
		for i := range indices {
			indices[i] = fmt.Sprint(i)
		}
		return request{"attesting_indices": indices, "data": vote, "signature": signature}
	}
	slashing := func(n int) request { return request{"attestation_1": indexed(n), "attestation_2": indexed(1)} }
	exits := func(n int) []request {
		all := make([]request, n)
		for i := range all {
			all[i] = request{"message": request{"epoch": 1, "validator_index": i}, "signature": signature}
		}
		return all
	}
	deposit := func(n int) request {
		proof := make([]string, n)
		for i := range proof {
			proof[i] = someRoot
		}
		return request{"proof": proof, "data": request{
			"pubkey": signature[:98], "withdrawal_credentials": someRoot, "amount": 1, "signature": signature,
		}}
	}
	for _, try := range []trial{
		{phase0, "body.voluntary_exits", exits(16), ""},
		{phase0, "body.voluntary_exits", exits(17), "want at most 16 elements"},
		{phase0, "body.voluntary_exits", request{}, "want an array"},
		{phase0, "body.voluntary_exits", []int{1}, "0: want an object"},
		{phase0, "body.attester_slashings", []request{slashing(2048)}, ""},
		{phase0, "body.attester_slashings", []request{slashing(0), slashing(2049)}, "1: attestation_1: attesting_indices: want at most 2048"},
		{phase0, "body.attester_slashings", []request{slashing(1), slashing(1), slashing(1)}, "want at most 2 elements"},
		{phase0, "body.deposits", []request{deposit(33)}, ""},
		{phase0, "body.deposits", []request{deposit(32)}, "0: proof: want 33 elements, got 32"},
		{phase0, "body.deposits", []request{deposit(34)}, "0: proof: want at most 33"},
		{phase0, "body.eth1_data", []int{}, "want an object"},
		{phase0, "body", nil, "missing"},
		{phase0, "body.graffiti", nil, "missing"},
		{"gloas.ExecutionPayloadEnvelope", "payload.transactions", []string{"0x", "0x1"}, "1: want an even"},
		{"gloas.ExecutionPayloadEnvelope", "execution_requests.builder_exits", []request{{}}, "0: source_address: missing"},
	} {
		try.run(t, network, "mainnet")
	}
}
