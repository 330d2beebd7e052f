package telemetry_test

import (
	"testing"

	"containment-chamber/messages"
)

// TestWeb3SignerNames lists what Web3Signer's dashboard asks for, after one signature of 250 ms.
func TestWeb3SignerNames(t *testing.T) {
	m, reg := newMetrics()
	m.Observe(finished(messages.BlockV2, messages.StatusSigned))
	got := series(t, reg)
	for name, want := range map[string]string{
		"signing_signers_loaded_count":                     "0",
		"signing_bls_signing_duration_count":               "1",
		"signing_bls_signing_duration_sum":                 "0.25",
		`signing_bls_signing_duration{quantile="0.5"}`:     "0.25",
		`signing_bls_signing_duration{quantile="0.95"}`:    "0.25",
		`signing_bls_signing_duration{quantile="0.99"}`:    "0.25",
		"signing_bls_missing_identifier_count_total":       "0",
		"http_bls_malformed_request_count_total":           "0",
		"eth2_slashingprotection_permitted_signings_total": "1",
		"eth2_slashingprotection_prevented_signings_total": "0",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %s", name, got[name], want)
		}
	}
}
