package eth2_test

import (
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// TestGloasWrappedBareAndAliased: the wrapped form of the API, the bare one, and Lighthouse's names mean the same.
func TestGloasWrappedBareAndAliased(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	aliases := map[string][2]string{
		"PAYLOAD_ATTESTATION_MESSAGE": {"PAYLOAD_ATTESTATION", "payload_attestation_data"},
		"BUILDER_REQUEST_AUTH":        {"REQUEST_AUTH", "request_auth"},
	}
	for _, s := range samples(t, "mainnet") {
		how := asking[s.Type]
		if how.wrap != "GLOAS" || how.kind == "AGGREGATE_AND_PROOF_V2" {
			continue
		}
		wrapped := how.request(s.Value)
		want, err := decoder.Decode(wrapped.body(t))
		if err != nil {
			t.Fatal(err)
		}
		same := []request{wrapped.with(how.member, s.Value), wrapped.with(how.member, request{"version": "gloas", "data": s.Value})}
		if alias, ok := aliases[how.kind]; ok {
			same = append(same, wrapped.with("type", alias[0]).with(how.member, nil).with(alias[1], s.Value))
		}
		for _, r := range same {
			if got, err := decoder.Decode(r.body(t)); err != nil || got != want {
				t.Errorf("%s: %+v, %v, want %+v", r["type"], got, err, want)
			}
		}
		for _, version := range []any{"FULU", "", "NEWER", nil, 8} {
			_, err := decoder.Decode(wrapped.with(how.member, request{"version": "x", "data": s.Value}.with("version", version)).body(t))
			if version == "" && err == nil {
				continue // an empty name is as good as none
			}
			if !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), how.member+": version: ") {
				t.Errorf("%s in %v: %v, want malformed", how.kind, version, err)
			}
		}
	}
}

// TestHezeBidIsUnknown: Heze gives the bid a field that the API does not have yet; the other messages stay.
func TestHezeBidIsUnknown(t *testing.T) {
	decoder := eth2.NewDecoder(mustBuiltin(t, "mainnet"))
	for _, s := range samples(t, "mainnet") {
		how := asking[s.Type]
		if how.wrap != "GLOAS" {
			continue
		}
		_, err := decoder.Decode(how.request(s.Value).with(how.member, request{"version": "HEZE", "data": s.Value}).body(t))
		if refused := errors.Is(err, messages.ErrMalformed); refused != (how.kind == "EXECUTION_PAYLOAD_BID") {
			t.Errorf("%s: %v", how.kind, err)
		}
	}
}
