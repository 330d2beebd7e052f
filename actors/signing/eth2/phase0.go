package eth2

// Sizes that all presets share (consensus-specs specs/phase0/beacon-chain.md §Preset).
const (
	maxValidatorsPerCommittee = 2048
	maxProposerSlashings      = 16
	maxAttesterSlashings      = 2
	maxAttestations           = 128
	maxDeposits               = 16
	maxVoluntaryExits         = 16
	depositProofLength        = 33
)

// Fixed sizes of bytes (specs/phase0/beacon-chain.md §Custom types).
const (
	root32    = bytesN(32)
	address   = bytesN(20)
	publicKey = bytesN(48)
	signature = bytesN(96)
)

// The containers of specs/phase0/beacon-chain.md §Containers.
var (
	checkpoint = container{{"epoch", uint64Shape{}}, {"root", root32}}

	attestationData = container{
		{"slot", uint64Shape{}}, {"index", uint64Shape{}}, {"beacon_block_root", root32},
		{"source", checkpoint}, {"target", checkpoint},
	}
	phase0Attestation = container{
		{"aggregation_bits", bitlist(maxValidatorsPerCommittee)}, {"data", attestationData}, {"signature", signature},
	}
	indexedAttestation = container{
		{"attesting_indices", numberList(maxValidatorsPerCommittee)}, {"data", attestationData}, {"signature", signature},
	}
	blockHeader = container{
		{"slot", uint64Shape{}}, {"proposer_index", uint64Shape{}}, {"parent_root", root32},
		{"state_root", root32}, {"body_root", root32},
	}
	signedBlockHeader = container{{"message", blockHeader}, {"signature", signature}}
	voluntaryExit     = container{{"epoch", uint64Shape{}}, {"validator_index", uint64Shape{}}}
	depositMessage    = container{
		{"pubkey", publicKey}, {"withdrawal_credentials", root32}, {"amount", uint64Shape{}},
	}

	phase0Body = container{
		{"randao_reveal", signature},
		{"eth1_data", container{{"deposit_root", root32}, {"deposit_count", uint64Shape{}}, {"block_hash", root32}}},
		{"graffiti", root32},
		{"proposer_slashings", list{container{
			{"signed_header_1", signedBlockHeader}, {"signed_header_2", signedBlockHeader},
		}, maxProposerSlashings}},
		{"attester_slashings", list{container{
			{"attestation_1", indexedAttestation}, {"attestation_2", indexedAttestation},
		}, maxAttesterSlashings}},
		{"attestations", list{phase0Attestation, maxAttestations}},
		{"deposits", list{container{
			{"proof", vector{root32, depositProofLength}},
			{"data", container{
				{"pubkey", publicKey}, {"withdrawal_credentials", root32}, {"amount", uint64Shape{}}, {"signature", signature},
			}},
		}, maxDeposits}},
		{"voluntary_exits", list{container{{"message", voluntaryExit}, {"signature", signature}}, maxVoluntaryExits}},
	}
)

// block is a BeaconBlock with the body of one fork.
func block(body container) container {
	return container{
		{"slot", uint64Shape{}}, {"proposer_index", uint64Shape{}}, {"parent_root", root32},
		{"state_root", root32}, {"body", body},
	}
}

// validatorRegistration is ValidatorRegistrationV1 (builder-specs specs/bellatrix/builder.md).
var validatorRegistration = container{
	{"fee_recipient", address}, {"gas_limit", uint64Shape{}}, {"timestamp", uint64Shape{}}, {"pubkey", publicKey},
}
