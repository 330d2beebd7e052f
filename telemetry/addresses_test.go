package telemetry_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func TestObserveAddresses(t *testing.T) {
	for name, test := range map[string]observeCase{
		"not allowed": one(messages.AddressRefused{Layer: "ceremony", Reason: messages.AddressNotAllowed},
			`containment_cidr_rejections_total{layer="ceremony",reason="not_allowed"}`),
		"unparsable": one(messages.AddressRefused{Layer: "api", Reason: messages.AddressUnparsable},
			`containment_cidr_rejections_total{layer="api",reason="unparsable"}`),
	} {
		t.Run(name, test.check)
	}
}

func TestCeremonyAddressFilter(t *testing.T) {
	for enabled, want := range map[bool]string{true: "1", false: "0"} {
		reg := prometheus.NewRegistry()
		telemetry.New(telemetry.Config{Registerer: reg, CeremonyAddressFilter: enabled})
		if got := series(t, reg)["containment_ceremony_cidr_filter_enabled"]; got != want {
			t.Errorf("%t: %s", enabled, got)
		}
	}
}
