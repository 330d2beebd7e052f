package eth2

import "slices"

// syncCommitteeSubnets is SYNC_COMMITTEE_SUBNET_COUNT (consensus-specs specs/altair/validator.md §Constants).
const syncCommitteeSubnets = 4

// altairBody is specs/altair/beacon-chain.md §BeaconBlockBody: the body of phase0 and a sync aggregate.
func altairBody(p Preset) container {
	return append(slices.Clone(phase0Body), field{"sync_aggregate", container{
		{"sync_committee_bits", bitvector(p.SyncCommitteeSize)}, {"sync_committee_signature", signature},
	}})
}

// contributionAndProof is specs/altair/validator.md §ContributionAndProof.
func contributionAndProof(p Preset) container {
	return container{
		{"aggregator_index", uint64Shape{}},
		{"contribution", container{
			{"slot", uint64Shape{}}, {"beacon_block_root", root32}, {"subcommittee_index", uint64Shape{}},
			{"aggregation_bits", bitvector(p.SyncCommitteeSize / syncCommitteeSubnets)}, {"signature", signature},
		}},
		{"selection_proof", signature},
	}
}
