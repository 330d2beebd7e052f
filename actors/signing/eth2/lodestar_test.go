package eth2_test

import (
	"bufio"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
)

// sample is an SSZ object with the root that @lodestar/types 1.50.0 computes for it: the default of each container
// and some random ones.
type sample struct {
	Type, Root string
	Value      request
}

func samples(t testing.TB, preset string) []sample {
	t.Helper()
	file, err := os.Open("testdata/lodestar-" + preset + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all []sample
	for lines := bufio.NewReader(file); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return all
		}
		var s sample
		raw := parse(t, line)
		s.Type, s.Root = raw["type"].(string), raw["root"].(string)
		value, _ := json.Marshal(raw["value"])
		s.Value = parse(t, value)
		all = append(all, s)
	}
}

// asked is the request that carries a sample, its domain and fork version.
type asked struct {
	kind, member, domain, version string
	// wrap is the version that the object is wrapped with, none if empty; block wraps as BLOCK_V2 does.
	wrap, block string
}

var asking = map[string]asked{
	"phase0.AttestationData":             {kind: "ATTESTATION", member: "attestation", domain: "0x01000000"},
	"phase0.BeaconBlockHeader":           {kind: "BLOCK_V2", member: "beacon_block", domain: "0x00000000", wrap: "HEZE", block: "block_header"},
	"phase0.VoluntaryExit":               {kind: "VOLUNTARY_EXIT", member: "voluntary_exit", domain: "0x04000000", version: "0x03000000"},
	"phase0.DepositMessage":              {kind: "DEPOSIT", member: "deposit", domain: "0x03000000", version: "0x00000000"},
	"phase0.BeaconBlock":                 {kind: "BLOCK", member: "block", domain: "0x00000000"},
	"phase0.AggregateAndProof":           {kind: "AGGREGATE_AND_PROOF", member: "aggregate_and_proof", domain: "0x06000000"},
	"altair.BeaconBlock":                 {kind: "BLOCK_V2", member: "beacon_block", domain: "0x00000000", wrap: "ALTAIR", block: "block"},
	"altair.SyncAggregatorSelectionData": {kind: "SYNC_COMMITTEE_SELECTION_PROOF", member: "sync_aggregator_selection_data", domain: "0x08000000"},
	"altair.ContributionAndProof":        {kind: "SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF", member: "contribution_and_proof", domain: "0x09000000"},
	"bellatrix.ValidatorRegistrationV1":  {kind: "VALIDATOR_REGISTRATION", member: "validator_registration", domain: "0x00000001", version: "0x00000000"},
	"electra.AggregateAndProof":          {kind: "AGGREGATE_AND_PROOF", member: "aggregate_and_proof", domain: "0x06000000", version: "0x05000000"},
	"gloas.AggregateAndProof":            {kind: "AGGREGATE_AND_PROOF_V2", member: "aggregate_and_proof", domain: "0x06000000", wrap: "GLOAS"},
	"gloas.ExecutionPayloadBid":          {kind: "EXECUTION_PAYLOAD_BID", member: "execution_payload_bid", domain: "0x0b000000", wrap: "GLOAS"},
	"gloas.ExecutionPayloadEnvelope":     {kind: "EXECUTION_PAYLOAD_ENVELOPE", member: "execution_payload_envelope", domain: "0x0b000000", wrap: "GLOAS"},
	"gloas.PayloadAttestationData":       {kind: "PAYLOAD_ATTESTATION_MESSAGE", member: "payload_attestation_message", domain: "0x0c000000", wrap: "GLOAS"},
	"gloas.ProposerPreferences":          {kind: "PROPOSER_PREFERENCES", member: "proposer_preferences", domain: "0x0d000000", wrap: "GLOAS"},
	"gloas.BuilderRequestAuth":           {kind: "BUILDER_REQUEST_AUTH", member: "builder_request_auth", domain: "0x0b000001", version: "0x00000000", wrap: "GLOAS"},
}

// TestRootsEqualLodestar checks every container against another implementation, in both presets.
func TestRootsEqualLodestar(t *testing.T) {
	short := minimal(t)
	short.Versions = mustBuiltin(t, "mainnet").Versions
	for preset, network := range map[string]eth2.Network{"mainnet": mustBuiltin(t, "mainnet"), "minimal": short} {
		decoder := eth2.NewDecoder(network)
		for _, s := range samples(t, preset) {
			how, ok := asking[s.Type]
			if !ok {
				t.Fatalf("no request for %s", s.Type)
			}
			version, gvr := how.version, mainnetRoot
			if version == "" {
				version = "0x07000000"
			}
			if slices.Contains([]string{"DEPOSIT", "VALIDATOR_REGISTRATION", "BUILDER_REQUEST_AUTH"}, how.kind) {
				gvr = zeroRoot
			}
			duty, err := decoder.Decode(how.request(s.Value).body(t))
			if err != nil {
				t.Errorf("%s %s: %v", preset, s.Type, err)
				continue
			}
			if want := signed(t, s.Root, how.domain, version, gvr); duty.SigningRoot != want {
				t.Errorf("%s %s: root %s, want %s", preset, s.Type, duty.SigningRoot, want)
			}
			if wantGVR := strings.TrimPrefix(gvr, "0x"); !strings.HasSuffix(duty.GenesisValidatorsRoot.String(), wantGVR) {
				t.Errorf("%s %s: genesis validators root %s, want %s", preset, s.Type, duty.GenesisValidatorsRoot, gvr)
			}
		}
	}
}

// request carries a value of the sample's type.
func (how asked) request(value request) request {
	current := how.version
	if current == "" || how.kind == "VOLUNTARY_EXIT" {
		current = "0x07000000"
	}
	switch {
	case how.kind == "DEPOSIT":
		value = value.with("genesis_fork_version", "0x00000000")
	case how.block != "":
		value = request{"version": how.wrap, how.block: value}
	case how.wrap != "":
		value = request{"version": how.wrap, "data": value}
	}
	return request{"type": how.kind, "fork_info": chain(current), how.member: value}
}
