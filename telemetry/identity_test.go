package telemetry_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// TestNetworkInfo: a configured chain stays; one that is not is shown as soon as the store knows it. There is one series.
func TestNetworkInfo(t *testing.T) {
	pinned := messages.Root{0xcc}
	for _, test := range []struct {
		configured string
		event      messages.Event
		want       string
	}{
		{"", messages.SlashingStoreUp{}, ""},
		{"", messages.SlashingStoreUp{GenesisValidatorsRoot: pinned}, pinned.String()},
		{"", messages.GenesisPinned{Root: pinned}, pinned.String()},
		{"0x21", messages.SlashingStoreUp{GenesisValidatorsRoot: pinned}, "0x21"},
	} {
		reg := prometheus.NewRegistry()
		cfg := newConfig(reg)
		cfg.Network.GenesisValidatorsRoot = test.configured
		m := telemetry.New(cfg)
		m.Observe(test.event)
		m.Observe(messages.SlashingStoreUp{})
		want := `containment_network_info{genesis_fork_version="0x10000910",genesis_validators_root="` + test.want + `",network="hoodi"}`
		if got := series(t, reg); got[want] != "1" {
			t.Errorf("%q, %#v: no %s", test.configured, test.event, want)
		}
	}
}
