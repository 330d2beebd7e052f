package eth2

import (
	"fmt"

	"containment-chamber/messages"
)

// gloasForms returns the request types that came with Gloas (remote-signing-api v1.4.0), by the upper-case name in
// type.
func gloasForms() map[string]form {
	table := map[string]form{
		"EXECUTION_PAYLOAD_BID": {
			operation: messages.ExecutionPayloadBid, member: "execution_payload_bid", unwrap: unwrapData,
			shape: gloasShape(executionPayloadBid, Gloas), domain: domainBeaconBuilder, slot: path{"slot"},
		},
		"EXECUTION_PAYLOAD_ENVELOPE": {
			operation: messages.ExecutionPayloadEnvelope, member: "execution_payload_envelope", unwrap: unwrapData,
			shape: gloasShape(executionPayloadEnvelope, Heze), domain: domainBeaconBuilder, slot: path{"payload", "slot_number"},
		},
		"PAYLOAD_ATTESTATION_MESSAGE": {
			operation: messages.PayloadAttestationMessage, member: "payload_attestation_message", unwrap: unwrapData,
			shape: gloasShape(payloadAttestationData, Heze), domain: domainPTCAttester, slot: path{"slot"},
		},
		"PROPOSER_PREFERENCES": {
			operation: messages.ProposerPreferences, member: "proposer_preferences", unwrap: unwrapData,
			shape: gloasShape(proposerPreferences, Heze), domain: domainProposerPreferences, slot: path{"proposal_slot"},
		},
		"BUILDER_REQUEST_AUTH": {
			operation: messages.BuilderRequestAuth, member: "builder_request_auth", unwrap: unwrapData, signer: byNetwork,
			shape: gloasShape(builderRequestAuth, Heze), domain: domainBuilderRequestAuth, slot: path{"slot"},
		},
	}
	// Lighthouse names two types and their members otherwise, and does not wrap them.
	table["PAYLOAD_ATTESTATION"] = table["PAYLOAD_ATTESTATION_MESSAGE"].under("payload_attestation_data")
	table["REQUEST_AUTH"] = table["BUILDER_REQUEST_AUTH"].under("request_auth")
	return table
}

// under is the form for a message that stands in another member.
func (f form) under(member string) form {
	f.member = member
	return f
}

// gloasShape makes the shape of a message that Gloas brought and that stayed as it is up to the fork last. A version
// in the request must lie between them.
func gloasShape(s shape, last Fork) func(wrapped, Fork) (shape, error) {
	return func(message wrapped, _ Fork) (shape, error) {
		if message.version == "" {
			return s, nil
		}
		if fork, known := parseFork(message.version); !known || fork < Gloas || fork > last {
			return nil, fmt.Errorf("version: no such message in it, want %s", Gloas)
		}
		return s, nil
	}
}
