package main

import (
	"encoding/binary"
	"fmt"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// scribe writes sign requests as validator clients send them, with the signing root that they claim. Its buffers are used
// again: one scribe serves one connection.
type scribe struct {
	decoder *eth2.Decoder
	network eth2.Network
	body    []byte
	claimed []byte
}

func newScribe(network eth2.Network) *scribe {
	return &scribe{decoder: eth2.NewDecoder(network), network: network}
}

// claim computes the signing root of the request in s.body and puts it in front. The body is valid until the next claim.
func (s *scribe) claim() ([]byte, messages.Root) {
	duty, err := s.decoder.Decode(s.body)
	if err != nil {
		panic("bench: a request of its own is not understood") // unreachable: a test writes each
	}
	s.claimed = fmt.Appendf(s.claimed[:0], `{"signingRoot":"0x%x",`, duty.SigningRoot[:])
	s.claimed = append(s.claimed, s.body[1:]...)
	return s.claimed, duty.SigningRoot
}

// begin writes the type and the fork, which is Fulu's for every slot.
func (s *scribe) begin(operation string) {
	version := s.network.Versions[eth2.Fulu]
	s.body = fmt.Appendf(s.body[:0],
		`{"type":"%s","fork_info":{"fork":{"previous_version":"%s","current_version":"%s","epoch":"0"},"genesis_validators_root":"0x%x"},`,
		operation, version, version, s.network.GenesisValidatorsRoot[:])
}

// attestation votes for head; source and target are the epoch before the slot's, and the slot's.
func (s *scribe) attestation(slot uint64, head messages.Root) {
	s.begin("ATTESTATION")
	s.body = append(s.body, `"attestation":`...)
	s.data(slot, head)
	s.body = append(s.body, '}')
}

func (s *scribe) data(slot uint64, head messages.Root) {
	epoch := slot / s.network.Preset.SlotsPerEpoch
	source, target := rootOf(epoch-1), rootOf(epoch)
	s.body = fmt.Appendf(s.body,
		`{"slot":"%d","index":"0","beacon_block_root":"0x%x","source":{"epoch":"%d","root":"0x%x"},"target":{"epoch":"%d","root":"0x%x"}}`,
		slot, head[:], epoch-1, source[:], epoch, target[:])
}

func (s *scribe) selectionProof(slot uint64) {
	s.begin("AGGREGATION_SLOT")
	s.body = fmt.Appendf(s.body, `"aggregation_slot":{"slot":"%d"}}`, slot)
}

// aggregate is an aggregate of 511 validators of one committee, in the form of Electra and later.
func (s *scribe) aggregate(slot uint64, aggregator int, head messages.Root) {
	var bits [64]byte
	for i := range bits {
		bits[i] = 0xff
	}
	s.begin("AGGREGATE_AND_PROOF_V2")
	s.body = fmt.Appendf(s.body, `"aggregate_and_proof":{"version":"FULU","data":{"aggregator_index":"%d","aggregate":{"aggregation_bits":"0x%x","data":`,
		aggregator, bits[:])
	s.data(slot, head)
	s.body = fmt.Appendf(s.body, `,"signature":"0x%0192x","committee_bits":"0x0100000000000000"},"selection_proof":"0x%0192x"}}}`, slot, slot)
}

func (s *scribe) randao(epoch uint64) {
	s.begin("RANDAO_REVEAL")
	s.body = fmt.Appendf(s.body, `"randao_reveal":{"epoch":"%d"}}`, epoch)
}

func (s *scribe) block(slot uint64, proposer int) {
	parent, state, body := rootOf(slot-1), rootOf(slot), rootOf(slot+1)
	s.begin("BLOCK_V2")
	s.body = fmt.Appendf(s.body,
		`"beacon_block":{"version":"FULU","block_header":{"slot":"%d","proposer_index":"%d","parent_root":"0x%x","state_root":"0x%x","body_root":"0x%x"}}}`,
		slot, proposer, parent[:], state[:], body[:])
}

func (s *scribe) syncMessage(slot uint64, head messages.Root) {
	s.begin("SYNC_COMMITTEE_MESSAGE")
	s.body = fmt.Appendf(s.body, `"sync_committee_message":{"beacon_block_root":"0x%x","slot":"%d"}}`, head[:], slot)
}

func (s *scribe) syncSelectionProof(slot uint64) {
	s.begin("SYNC_COMMITTEE_SELECTION_PROOF")
	s.body = fmt.Appendf(s.body, `"sync_aggregator_selection_data":{"slot":"%d","subcommittee_index":"1"}}`, slot)
}

func (s *scribe) contribution(slot uint64, aggregator int, head messages.Root) {
	s.begin("SYNC_COMMITTEE_CONTRIBUTION_AND_PROOF")
	s.body = fmt.Appendf(s.body,
		`"contribution_and_proof":{"aggregator_index":"%d","selection_proof":"0x%0192x","contribution":{"slot":"%d","beacon_block_root":"0x%x","subcommittee_index":"1","aggregation_bits":"0x%032x","signature":"0x%0192x"}}}`,
		aggregator, slot, slot, head[:], slot, slot)
}

// registration has no fork: it belongs to the network as a whole.
func (s *scribe) registration(timestamp uint64, key messages.PublicKey) {
	s.body = fmt.Appendf(s.body[:0],
		`{"type":"VALIDATOR_REGISTRATION","validator_registration":{"fee_recipient":"0x%040x","gas_limit":"45000000","timestamp":"%d","pubkey":"0x%x"}}`,
		timestamp, timestamp, key[:])
}

// rootOf makes a block root of a number: unlike numbers have unlike roots.
func rootOf(n uint64) (root messages.Root) {
	binary.BigEndian.PutUint64(root[:], n)
	root[31] = 1 // never zero, which stands for "not known"
	return root
}
