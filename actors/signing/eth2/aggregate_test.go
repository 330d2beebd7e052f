package eth2_test

import (
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// TestAggregateShape: a wrapped aggregate's version decides on its shape; a bare one's committee_bits, and from
// Electra on the fork that signs it.
func TestAggregateShape(t *testing.T) {
	var aggregate request
	for _, s := range samples(t, "mainnet") {
		if s.Type == "electra.AggregateAndProof" {
			aggregate = s.Value.with("aggregate", request(s.Value["aggregate"].(map[string]any)).with("aggregation_bits", "0x0101"))
		}
	}
	old := aggregate.with("aggregate", aggregate["aggregate"].(request).with("committee_bits", nil))
	wrap := func(version string, data request) request { return request{"version": version, "data": data} }
	shapes := map[messages.Root]string{}
	for _, test := range []struct {
		version string
		message request
		want    string
	}{
		{"0x04000000", wrap("PHASE0", old), "phase0"}, {"0x04000000", wrap("deneb", aggregate), "phase0"},
		{"0x04000000", old, "phase0"}, {"0x04000000", wrap("ELECTRA", aggregate), "electra"},
		{"0x04000000", wrap("Fulu", aggregate), "electra"}, {"0x04000000", aggregate, "electra"},
		{"0x04000000", wrap("GLOAS", aggregate), "gloas"}, {"0x04000000", wrap("HEZE", aggregate), "gloas"},
		{"0x06000000", old, "phase0 in fulu"}, {"0x06000000", aggregate, "electra in fulu"},
		{"0x06000000", wrap("ELECTRA", aggregate), "electra in fulu"},
		{"0x07000000", aggregate, "gloas in gloas"}, {"0x07000000", wrap("GLOAS", aggregate), "gloas in gloas"},
		{"0x99000000", aggregate, "gloas in a later fork"}, {"0x99000000", wrap("GLOAS", aggregate), "gloas in a later fork"},
	} {
		for _, kind := range []string{"AGGREGATE_AND_PROOF", "AGGREGATE_AND_PROOF_V2"} {
			body := request{"type": kind, "fork_info": chain(test.version), "aggregate_and_proof": test.message}.body(t)
			duty, err := eth2.NewDecoder(mustBuiltin(t, "mainnet")).Decode(body)
			if err != nil || duty.Operation != messages.AggregateAndProof {
				t.Errorf("%s: %+v, %v", test.want, duty, err)
				continue
			}
			if shape, seen := shapes[duty.SigningRoot]; seen && shape != test.want {
				t.Errorf("%s has the root of %s", test.want, shape)
			}
			shapes[duty.SigningRoot] = test.want
		}
	}
	if len(shapes) != 7 {
		t.Errorf("%d roots, want one for each shape and fork: %v", len(shapes), shapes)
	}
}

func TestAggregatesThatAreRefused(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for want, message := range map[string]any{
		"aggregate_and_proof: version: missing":      request{"data": request{}},
		"aggregate_and_proof: aggregate: missing":    request{"version": "ELECTRA", "data": request{}},
		"aggregate_and_proof: version: unknown":      request{"version": "ZERO", "data": request{"aggregate": request{"data": request{"slot": 1}}}},
		"aggregate_and_proof: aggregate: want an":    request{"aggregate": "text"},
		"aggregate_and_proof: aggregate: data: slot": request{"aggregate": request{"data": request{}}},
	} {
		body := request{"type": "AGGREGATE_AND_PROOF", "fork_info": chain("0x06000000"), "aggregate_and_proof": message}
		_, err := decoder.Decode(body.body(t))
		if !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", message, err, want)
		}
	}
}
