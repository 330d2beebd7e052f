package eth2_test

import (
	"slices"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

func TestBuiltinNetworks(t *testing.T) {
	want := []string{"mainnet", "sepolia", "hoodi", "holesky", "gnosis", "chiado"}
	if got := eth2.BuiltinNames(); !slices.Equal(got, want) {
		t.Fatalf("names %v, want %v", got, want)
	}
	roots, versions := map[messages.Root]string{}, map[eth2.Version]string{}
	for _, name := range want {
		network := mustBuiltin(t, name)
		if network.Name != name || network.GenesisValidatorsRoot.IsZero() || network.Latest < eth2.Fulu {
			t.Errorf("%s is incomplete: %+v", name, network)
		}
		if other, taken := roots[network.GenesisValidatorsRoot]; taken {
			t.Errorf("%s has the root of %s", name, other)
		}
		roots[network.GenesisValidatorsRoot] = name
		for fork := eth2.Phase0; fork <= network.Latest; fork++ {
			if other, taken := versions[network.Versions[fork]]; taken {
				t.Errorf("%s: version %s is also one of %s", name, network.Versions[fork], other)
			}
			versions[network.Versions[fork]] = name
		}
	}
	if _, ok := eth2.Builtin("Mainnet"); ok {
		t.Error("names are exact")
	}
}

// TestBuiltinFacts repeats what other programs have for these networks.
func TestBuiltinFacts(t *testing.T) {
	for _, fact := range []struct {
		name, genesis, capella, fulu string
		slots                        uint64
	}{
		{"mainnet", "0x00000000", "0x03000000", "0x06000000", 32},
		{"sepolia", "0x90000069", "0x90000072", "0x90000075", 32},
		{"hoodi", "0x10000910", "0x40000910", "0x70000910", 32},
		{"holesky", "0x01017000", "0x04017000", "0x07017000", 32},
		{"gnosis", "0x00000064", "0x03000064", "0x06000064", 16},
		{"chiado", "0x0000006f", "0x0300006f", "0x0600006f", 16},
	} {
		network := mustBuiltin(t, fact.name)
		got := []string{
			network.Versions[eth2.Phase0].String(), network.Versions[eth2.Capella].String(), network.Versions[eth2.Fulu].String(),
		}
		if want := []string{fact.genesis, fact.capella, fact.fulu}; !slices.Equal(got, want) || network.Preset.SlotsPerEpoch != fact.slots {
			t.Errorf("%s: %v and %d slots, want %v and %d", fact.name, got, network.Preset.SlotsPerEpoch, want, fact.slots)
		}
	}
}
