package eth2

// maxBuilderAuthData is MAX_BUILDER_AUTH_DATA_SIZE, in bytes (builder-specs specs/gloas/builder.md).
const maxBuilderAuthData = 4096

// The containers that Gloas adds (consensus-specs specs/gloas, builder-specs specs/gloas).
var (
	payloadAttestationData = container{
		{"beacon_block_root", root32}, {"slot", uint64Shape{}},
		{"payload_present", boolShape{}}, {"blob_data_available", boolShape{}},
	}
	proposerPreferences = container{
		{"dependent_root", root32}, {"proposal_slot", uint64Shape{}}, {"validator_index", uint64Shape{}},
		{"fee_recipient", address}, {"target_gas_limit", uint64Shape{}},
	}
	builderRequestAuth = container{{"data", byteList(maxBuilderAuthData)}, {"slot", uint64Shape{}}}

	executionPayloadBid = progressiveContainer{
		{"parent_block_hash", root32}, {"parent_block_root", root32}, {"block_hash", root32}, {"prev_randao", root32},
		{"fee_recipient", address}, {"gas_limit", uint64Shape{}}, {"builder_index", uint64Shape{}}, {"slot", uint64Shape{}},
		{"value", uint64Shape{}}, {"execution_payment", uint64Shape{}},
		{"blob_kzg_commitments", progressiveList{bytesN(48)}}, {"execution_requests_root", root32},
	}
	executionPayload = progressiveContainer{
		{"parent_hash", root32}, {"fee_recipient", address}, {"state_root", root32}, {"receipts_root", root32},
		{"logs_bloom", bytesN(256)}, {"prev_randao", root32}, {"block_number", uint64Shape{}}, {"gas_limit", uint64Shape{}},
		{"gas_used", uint64Shape{}}, {"timestamp", uint64Shape{}}, {"extra_data", byteList(32)},
		{"base_fee_per_gas", uint256Shape{}}, {"block_hash", root32},
		{"transactions", progressiveList{progressiveBytes{}}},
		{"withdrawals", progressiveList{container{
			{"index", uint64Shape{}}, {"validator_index", uint64Shape{}}, {"address", address}, {"amount", uint64Shape{}},
		}}},
		{"blob_gas_used", uint64Shape{}}, {"excess_blob_gas", uint64Shape{}},
		{"block_access_list", progressiveBytes{}}, {"slot_number", uint64Shape{}},
	}
	executionRequests = progressiveContainer{
		{"deposits", progressiveList{container{
			{"pubkey", publicKey}, {"withdrawal_credentials", root32}, {"amount", uint64Shape{}},
			{"signature", signature}, {"index", uint64Shape{}},
		}}},
		{"withdrawals", progressiveList{container{
			{"source_address", address}, {"validator_pubkey", publicKey}, {"amount", uint64Shape{}},
		}}},
		{"consolidations", progressiveList{container{
			{"source_address", address}, {"source_pubkey", publicKey}, {"target_pubkey", publicKey},
		}}},
		{"builder_deposits", progressiveList{container{
			{"pubkey", publicKey}, {"withdrawal_credentials", root32}, {"amount", uint64Shape{}}, {"signature", signature},
		}}},
		{"builder_exits", progressiveList{container{{"source_address", address}, {"pubkey", publicKey}}}},
	}
	executionPayloadEnvelope = progressiveContainer{
		{"payload", executionPayload}, {"execution_requests", executionRequests}, {"builder_index", uint64Shape{}},
		{"beacon_block_root", root32}, {"parent_beacon_block_root", root32},
	}
)
