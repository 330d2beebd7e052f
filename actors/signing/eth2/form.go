package eth2

import (
	"maps"

	"containment-chamber/messages"
)

// form says how requests of one type are read.
type form struct {
	operation messages.Operation
	// member of the request holds the message.
	member string
	// unwrap finds the message in that member; nil means that the member is the message.
	unwrap func(value) (wrapped, error)
	// shape is the message's SSZ type; signing is the fork that signs it.
	shape  func(message wrapped, signing Fork) (shape, error)
	domain domainType
	signer signer
	// Where the message has these numbers; nil means nowhere. The epoch that decides on the fork version is target,
	// or else the epoch of slot.
	slot, source, target path
}

// wrapped is a message, and what stood around it.
type wrapped struct {
	value value
	// members are the message's, once it was split.
	members object
	// version is the name of a fork, empty when the request has none.
	version string
	// header says that a block came as its header.
	header bool
}

// signer says with which version and for which chain a message is signed.
type signer uint8

const (
	// byEpoch: fork_info's version for the message's epoch, fork_info's chain.
	byEpoch signer = iota
	// byExitRule: like byEpoch, but pinned to Capella from Deneb on.
	byExitRule
	// byNetwork: the configured network's genesis version, no chain.
	byNetwork
	// byMessage: the genesis_fork_version in the message, no chain.
	byMessage
)

// is makes the shape of a form that has only one.
func is(s shape) func(wrapped, Fork) (shape, error) {
	return func(wrapped, Fork) (shape, error) { return s, nil }
}

// forms returns the table of request types, by the upper-case name in type.
func forms(p Preset) map[string]form {
	table := phase0Forms(p)
	maps.Copy(table, altairForms(p))
	maps.Copy(table, gloasForms())
	table["VALIDATOR_REGISTRATION"] = form{
		operation: messages.ValidatorRegistration, member: "validator_registration", shape: is(validatorRegistration),
		domain: domainApplicationBuilder, signer: byNetwork,
	}
	return table
}

func phase0Forms(p Preset) map[string]form {
	aggregate := form{
		operation: messages.AggregateAndProof, member: "aggregate_and_proof", unwrap: unwrapData, shape: aggregateShape(p),
		domain: domainAggregateAndProof, slot: path{"aggregate", "data", "slot"},
	}
	return map[string]form{
		"ATTESTATION": {
			operation: messages.Attestation, member: "attestation", shape: is(attestationData), domain: domainAttester,
			slot: path{"slot"}, source: path{"source", "epoch"}, target: path{"target", "epoch"},
		},
		"BLOCK": {
			operation: messages.Block, member: "block", shape: is(block(phase0Body)), domain: domainProposer, slot: path{"slot"},
		},
		"BLOCK_V2": {
			operation: messages.BlockV2, member: "beacon_block", unwrap: unwrapBlock, shape: blockShape(p), domain: domainProposer,
			slot: path{"slot"},
		},
		"AGGREGATION_SLOT": {
			operation: messages.AggregationSlot, member: "aggregation_slot", shape: is(container{{"slot", uint64Shape{}}}),
			domain: domainSelectionProof, slot: path{"slot"},
		},
		"AGGREGATE_AND_PROOF":    aggregate,
		"AGGREGATE_AND_PROOF_V2": aggregate,
		"RANDAO_REVEAL": {
			operation: messages.RandaoReveal, member: "randao_reveal", shape: is(container{{"epoch", uint64Shape{}}}),
			domain: domainRandao, target: path{"epoch"},
		},
		"VOLUNTARY_EXIT": {
			operation: messages.VoluntaryExit, member: "voluntary_exit", shape: is(voluntaryExit), domain: domainExit,
			signer: byExitRule, target: path{"epoch"},
		},
		"DEPOSIT": {
			operation: messages.Deposit, member: "deposit", shape: is(depositMessage), domain: domainDeposit, signer: byMessage,
		},
	}
}

func altairForms(p Preset) map[string]form {
	return map[string]form{
		"SYNC_COMMITTEE_MESSAGE": {
			operation: messages.SyncCommitteeMessage, member: "sync_committee_message",
			shape: is(container{{"beacon_block_root", root32}}), domain: domainSyncCommittee, slot: path{"slot"},
		},
		"SYNC_COMMITTEE_SELECTION_PROOF": {
			operation: messages.SyncCommitteeSelectionProof, member: "sync_aggregator_selection_data",
			shape:  is(container{{"slot", uint64Shape{}}, {"subcommittee_index", uint64Shape{}}}),
			domain: domainSyncSelectionProof, slot: path{"slot"},
		},
		"SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF": {
			operation: messages.SyncCommitteeContribution, member: "contribution_and_proof", shape: is(contributionAndProof(p)),
			domain: domainContribution, slot: path{"contribution", "slot"},
		},
	}
}
