package messages

import "time"

// Signing names the protocol of the signing actor, the front of the signing pipeline.
type Signing struct{}

// Operation is a request type under the name that metrics, audit records and policies use.
type Operation string

// The operations. AGGREGATE_AND_PROOF_V2 counts as AGGREGATE_AND_PROOF.
const (
	AggregationSlot             Operation = "AGGREGATION_SLOT"
	AggregateAndProof           Operation = "AGGREGATE_AND_PROOF"
	Attestation                 Operation = "ATTESTATION"
	Block                       Operation = "BLOCK"
	BlockV2                     Operation = "BLOCK_V2"
	BuilderRequestAuth          Operation = "BUILDER_REQUEST_AUTH"
	Deposit                     Operation = "DEPOSIT"
	ExecutionPayloadBid         Operation = "EXECUTION_PAYLOAD_BID"
	ExecutionPayloadEnvelope    Operation = "EXECUTION_PAYLOAD_ENVELOPE"
	PayloadAttestationMessage   Operation = "PAYLOAD_ATTESTATION_MESSAGE"
	ProposerPreferences         Operation = "PROPOSER_PREFERENCES"
	RandaoReveal                Operation = "RANDAO_REVEAL"
	SyncCommitteeMessage        Operation = "SYNC_COMMITTEE_MESSAGE"
	SyncCommitteeSelectionProof Operation = "SYNC_COMMITTEE_SELECTION_PROOF"
	SyncCommitteeContribution   Operation = "SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF"
	ValidatorRegistration       Operation = "VALIDATOR_REGISTRATION"
	VoluntaryExit               Operation = "VOLUNTARY_EXIT"
	// UnknownOperation labels a request that could not be read far enough to know its type.
	UnknownOperation Operation = "UNKNOWN"
)

// Operations lists every operation that can be signed, in a fixed order.
func Operations() []Operation {
	return []Operation{
		AggregationSlot, AggregateAndProof, Attestation, Block, BlockV2, BuilderRequestAuth, Deposit,
		ExecutionPayloadBid, ExecutionPayloadEnvelope, PayloadAttestationMessage, ProposerPreferences, RandaoReveal,
		SyncCommitteeMessage, SyncCommitteeSelectionProof, SyncCommitteeContribution, ValidatorRegistration, VoluntaryExit,
	}
}

// Protected reports whether slashing protection must record the operation before it is signed (EIP-3076 covers
// blocks and attestations only).
func (o Operation) Protected() bool { return o == Attestation || o == Block || o == BlockV2 }

// Duty is a message that a validator client wants signed, after its request was decoded. SigningRoot was computed
// from the message itself, never copied from the request.
type Duty struct {
	Operation   Operation
	SigningRoot Root
	// GenesisValidatorsRoot is the chain's, as the request claims it; zero for operations that belong to no chain.
	GenesisValidatorsRoot Root
	// Slot is the message's slot; zero for operations that have none.
	Slot uint64
	// SourceEpoch and TargetEpoch are an attestation's; for operations that have only an epoch it is TargetEpoch.
	SourceEpoch, TargetEpoch uint64
}

// Sign asks for one signature. Refusals: [ErrExpired], [ErrUnknownKey], [ErrWrongNetwork], [ErrSlashable],
// [ErrOverloaded], [ErrDraining], [ErrStoreUnavailable], [ErrUnavailable], [ErrCrashed].
type Sign struct {
	Key  PublicKey
	Duty Duty
	// Deadline is when the caller stops waiting. A request that is dequeued later is refused before it is recorded.
	Deadline time.Time
	Trace    Trace
}

// UsefulUntil is the deadline.
func (s Sign) UsefulUntil() time.Time { return s.Deadline }

// Signed is the answer to [Sign]. The signature was released after its record was durable.
type Signed struct{ Signature Signature }

// SignBatch asks for signatures of one duty by several keys.
type SignBatch struct {
	Keys     []PublicKey
	Duty     Duty
	Deadline time.Time
	Trace    Trace
}

// BatchSigned is the answer to [SignBatch]: one result for each key, in the order of the request.
type BatchSigned struct{ Results []SignResult }

// SignResult is one key's part of a batch: a signature, or the error that [Sign] would have answered.
type SignResult struct {
	Signature Signature
	Err       error
}

// GetSigningRing asks for the keys that a request for a signature meets at this moment. They follow those that are loaded.
type GetSigningRing struct{}

func (Sign) ask(Signing, Signed)            {}
func (SignBatch) ask(Signing, BatchSigned)  {}
func (GetSigningRing) ask(Signing, KeyRing) {}
