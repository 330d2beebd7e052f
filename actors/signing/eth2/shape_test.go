package eth2_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// trial puts a value at a path of a sample and tells what must come of it; an empty want means success.
type trial struct {
	sample, path string
	value        any
	want         string
}

func (try trial) run(t *testing.T, network eth2.Network, preset string) {
	t.Helper()
	for _, s := range samples(t, preset) {
		if s.Type != try.sample {
			continue
		}
		names := strings.Split(try.path, ".")
		body := asking[s.Type].request(changeParsed(s.Value, names, try.value)).body(t)
		_, err := eth2.NewDecoder(network).Decode(body)
		switch {
		case try.want == "" && err != nil:
			t.Errorf("%s = %.60v: %v", try.path, try.value, err)
		case try.want != "" && (!errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), names[len(names)-1]+": "+try.want)):
			t.Errorf("%s = %.60v: %v, want %q", try.path, try.value, err, try.want)
		}
		return
	}
	t.Fatalf("no sample %s", try.sample)
}

// changeParsed is change for what came out of a JSON parser.
func changeParsed(r request, names []string, to any) request {
	if len(names) == 1 {
		return r.with(names[0], to)
	}
	return r.with(names[0], changeParsed(request(r[names[0]].(map[string]any)), names[1:], to))
}

func TestScalars(t *testing.T) {
	const (
		payload = "gloas.ExecutionPayloadEnvelope"
		vote    = "gloas.PayloadAttestationData"
		auth    = "gloas.BuilderRequestAuth"
	)
	tooLarge := "115792089237316195423570985008687907853269984665640564039457584007913129639936"
	largest := strings.Replace(tooLarge, "936", "935", 1)
	for _, try := range []trial{
		{payload, "payload.base_fee_per_gas", largest, ""},
		{payload, "payload.base_fee_per_gas", json.RawMessage(largest), ""},
		{payload, "payload.base_fee_per_gas", tooLarge, "want a decimal"},
		{payload, "payload.base_fee_per_gas", strings.Repeat("9", 100000), "want a decimal"},
		{payload, "payload.base_fee_per_gas", "-1", "want a decimal"},
		{payload, "payload.base_fee_per_gas", "0x1", "want a decimal"},
		{payload, "payload.base_fee_per_gas", "1.5", "want a decimal"},
		{payload, "payload.base_fee_per_gas", "", "want a decimal"},
		{payload, "payload.base_fee_per_gas", []int{}, "want a decimal"},
		{payload, "payload.extra_data", "0x" + strings.Repeat("11", 32), ""},
		{payload, "payload.extra_data", "0x" + strings.Repeat("11", 33), "want at most 32 bytes"},
		{payload, "payload.logs_bloom", "0x" + strings.Repeat("11", 255), "want 0x and 512"},
		{payload, "payload.block_access_list", "0x123", "want an even"},
		{payload, "payload.block_access_list", "0x" + strings.Repeat("11", 100000), ""},
		{vote, "payload_present", true, ""},
		{vote, "payload_present", "false", ""},
		{vote, "payload_present", 1, "want true or false"},
		{vote, "payload_present", "yes", "want true or false"},
		{auth, "data", "0x" + strings.Repeat("11", 4096), ""},
		{auth, "data", "0x" + strings.Repeat("11", 4097), "want at most 4096 bytes"},
	} {
		try.run(t, mustBuiltin(t, "mainnet"), "mainnet")
	}
}

func TestBits(t *testing.T) {
	const (
		phase0, electra, gloas = "phase0.AggregateAndProof", "electra.AggregateAndProof", "gloas.AggregateAndProof"
		bits                   = "aggregate.aggregation_bits"
	)
	for _, try := range []trial{
		{phase0, bits, "0x01", ""},
		{phase0, bits, "0x", "bitlist without"},
		{phase0, bits, "0x00", "bitlist without"},
		{phase0, bits, "0xff00", "bitlist without"},
		{phase0, bits, "0x" + strings.Repeat("ff", 256) + "01", ""},
		{phase0, bits, "0x" + strings.Repeat("ff", 256) + "02", "want at most 2048 bits, got 2049"},
		{electra, bits, "0x" + strings.Repeat("ff", 16384) + "01", ""},
		{electra, bits, "0x" + strings.Repeat("ff", 16384) + "02", "want at most 131072 bits"},
		{electra, "aggregate.committee_bits", "0x" + strings.Repeat("ff", 7), "want 0x and 16"},
		{gloas, bits, "0x00", "bitlist without"},
		{gloas, "aggregate.committee_bits", "0x" + strings.Repeat("ff", 9), "want 0x and 16"},
	} {
		try.run(t, mustBuiltin(t, "mainnet"), "mainnet")
	}
	network := minimal(t)
	network.Versions = mustBuiltin(t, "mainnet").Versions
	for _, try := range []trial{
		{electra, "aggregate.committee_bits", "0x0f", ""},
		{electra, "aggregate.committee_bits", "0x10", "want 4 bits"},
		{electra, bits, "0x" + strings.Repeat("ff", 1024) + "02", "want at most 8192 bits"},
	} {
		try.run(t, network, "minimal")
	}
}
