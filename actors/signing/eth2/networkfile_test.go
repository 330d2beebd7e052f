package eth2_test

import (
	"strings"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

func TestParseNetwork(t *testing.T) {
	gvr := messages.Root{1}
	network, err := eth2.ParseNetwork([]byte(minimalConfig), gvr)
	if err != nil {
		t.Fatal(err)
	}
	want := eth2.Network{
		Name: "minimal", GenesisValidatorsRoot: gvr, Latest: eth2.Gloas,
		Preset: eth2.Preset{SlotsPerEpoch: 8, SyncCommitteeSize: 32, MaxCommitteesPerSlot: 4},
	}
	for fork := eth2.Phase0; fork <= eth2.Gloas; fork++ {
		want.Versions[fork] = eth2.Version{byte(fork), 0, 0, 1}
	}
	if network != want {
		t.Errorf("got %+v, want %+v", network, want)
	}
}

func TestParseNetworkOptions(t *testing.T) {
	bare := strings.ReplaceAll(minimalConfig, "CONFIG_NAME: 'minimal'\n", "") + "SLOTS_PER_EPOCH: 6\n"
	network, err := eth2.ParseNetwork([]byte(bare), messages.Root{})
	if err != nil || network.Name != "custom" || network.Preset.SlotsPerEpoch != 6 {
		t.Errorf("%+v, %v", network, err)
	}
	for _, preset := range []string{"mainnet", "gnosis"} {
		text := strings.ReplaceAll(minimalConfig, "PRESET_BASE: 'minimal'", "PRESET_BASE: "+preset)
		network, err := eth2.ParseNetwork([]byte(text), messages.Root{})
		if err != nil || network.Preset != mustBuiltin(t, preset).Preset {
			t.Errorf("%s: %+v, %v", preset, network, err)
		}
	}
}

func TestParseNetworkNamesTheKey(t *testing.T) {
	for _, test := range []struct{ old, replacement, want string }{
		{"PRESET_BASE: 'minimal'", "", "PRESET_BASE"},
		{"'minimal'\nGENESIS", "'tiny'\nGENESIS", "PRESET_BASE"},
		{"GENESIS_FORK_VERSION: 0x00000001", "", "GENESIS_FORK_VERSION: missing"},
		{"CAPELLA_FORK_VERSION: \"0x03000001\"", "", "CAPELLA_FORK_VERSION: missing"},
		{"ELECTRA_FORK_VERSION: 0x05000001", "", "ELECTRA_FORK_VERSION: missing"},
		{"0x04000001", "0x0400001", "DENEB_FORK_VERSION: want"},
		{"0x04000001", "67108865", "DENEB_FORK_VERSION: want"},
		{"0x04000001", "[4]", "DENEB_FORK_VERSION: missing"},
		{"DEPOSIT_CHAIN_ID: 5", "SLOTS_PER_EPOCH: 0", "SLOTS_PER_EPOCH: want"},
		{"DEPOSIT_CHAIN_ID: 5", "SLOTS_PER_EPOCH: -8", "SLOTS_PER_EPOCH: want"},
		{"CONFIG_NAME:", "CONFIG_NAME: [", "not YAML"},
	} {
		text := strings.Replace(minimalConfig, test.old, test.replacement, 1)
		if text == minimalConfig {
			t.Fatalf("%q is not in the configuration", test.old)
		}
		if _, err := eth2.ParseNetwork([]byte(text), messages.Root{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q for %q: %v, want %q", test.replacement, test.old, err, test.want)
		}
	}
	for _, text := range []string{"", "just words", "- a\n- b", "7"} {
		if _, err := eth2.ParseNetwork([]byte(text), messages.Root{}); err == nil {
			t.Errorf("%q passed", text)
		}
	}
}

func FuzzParseNetwork(f *testing.F) {
	f.Add([]byte(minimalConfig))
	f.Add([]byte("? [a]\n: b\n---\nPRESET_BASE: &x mainnet\nGENESIS_FORK_VERSION: *x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		network, err := eth2.ParseNetwork(text, messages.Root{})
		if err == nil && (network.Latest < eth2.Capella || network.Preset.SlotsPerEpoch == 0) {
			t.Fatalf("an incomplete network passed: %+v", network)
		}
	})
}
