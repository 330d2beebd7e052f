package telemetry_test

import (
	"testing"

	"containment-chamber/messages"
)

func TestRefusedRowsAreCounted(t *testing.T) {
	const (
		mismatch = `containment_anti_slashing_hmac_mismatch_total{row_kind="block"}`
		key      = `containment_anti_slashing_malformed_row_total{reason="malformed_pk"}`
		scheme   = `containment_anti_slashing_malformed_row_total{reason="unsupported_scheme"}`
	)
	for name, test := range map[string]observeCase{
		"edited":     one(messages.RowRefused{Kind: "block", Reason: "mac_mismatch"}, mismatch),
		"public key": one(messages.RowRefused{Kind: "watermark", Reason: "malformed_pk"}, key),
		"scheme":     one(messages.RowRefused{Kind: "block", Reason: "unsupported_scheme"}, scheme),
		"other form": one(messages.RowRefused{Kind: "block", Reason: "malformed_row"}, scheme),
		"gone back":  {[]messages.Event{messages.RowRefused{}}, map[string]string{}},
		"sealed":     {[]messages.Event{messages.DutiesSealed{Count: 3}}, map[string]string{"containment_anti_slashing_master_key_sealed_total": "3"}},
	} {
		t.Run(name, test.check)
	}
}
