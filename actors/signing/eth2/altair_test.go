package eth2_test

import (
	"strings"
	"testing"
)

// TestSyncCommitteeSize: the preset decides how many bits an aggregate and a contribution have.
func TestSyncCommitteeSize(t *testing.T) {
	const contribution, block = "altair.ContributionAndProof", "altair.BeaconBlock"
	for _, try := range []trial{
		{contribution, "contribution.aggregation_bits", "0x" + strings.Repeat("ff", 16), ""},
		{contribution, "contribution.aggregation_bits", "0xff", "want 0x and 32"},
		{block, "body.sync_aggregate.sync_committee_bits", "0x" + strings.Repeat("ff", 64), ""},
		{block, "body.sync_aggregate.sync_committee_bits", "0xffffffff", "want 0x and 128"},
		{block, "body.sync_aggregate", nil, "missing"},
	} {
		try.run(t, mustBuiltin(t, "mainnet"), "mainnet")
	}
	network := minimal(t)
	network.Versions = mustBuiltin(t, "mainnet").Versions
	for _, try := range []trial{
		{contribution, "contribution.aggregation_bits", "0xff", ""},
		{contribution, "contribution.aggregation_bits", "0x" + strings.Repeat("ff", 16), "want 0x and 2"},
		{block, "body.sync_aggregate.sync_committee_bits", "0xffffffff", ""},
	} {
		try.run(t, network, "minimal")
	}
}
