package eth2_test

import (
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
)

// TestGloasSlots: each message of Gloas has its slot in another place.
func TestGloasSlots(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for member, path := range map[string]string{
		"gloas.ExecutionPayloadBid": "slot", "gloas.ExecutionPayloadEnvelope": "payload.slot_number",
		"gloas.PayloadAttestationData": "slot", "gloas.ProposerPreferences": "proposal_slot", "gloas.BuilderRequestAuth": "slot",
	} {
		for _, s := range samples(t, "mainnet") {
			if s.Type != member {
				continue
			}
			body := asking[s.Type].request(changeParsed(s.Value, strings.Split(path, "."), "4711")).body(t)
			if duty, err := decoder.Decode(body); err != nil || duty.Slot != 4711 {
				t.Errorf("%s: slot %d, %v", member, duty.Slot, err)
			}
		}
	}
}
