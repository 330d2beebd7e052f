package eth2

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"containment-chamber/messages"
)

// versionKeys are the configuration keys of the fork versions (consensus-specs configs/).
var versionKeys = [forkCount]string{
	"GENESIS_FORK_VERSION", "ALTAIR_FORK_VERSION", "BELLATRIX_FORK_VERSION", "CAPELLA_FORK_VERSION", "DENEB_FORK_VERSION",
	"ELECTRA_FORK_VERSION", "FULU_FORK_VERSION", "GLOAS_FORK_VERSION", "HEZE_FORK_VERSION",
}

// ParseNetwork reads a consensus-layer config.yaml. It needs PRESET_BASE (mainnet, minimal or gnosis) and the fork
// versions from GENESIS_FORK_VERSION to CAPELLA_FORK_VERSION, and of later forks every one before the last that is
// given; it also reads CONFIG_NAME and SLOTS_PER_EPOCH, and ignores all other keys. gvr is the chain's genesis
// validators root, zero when it is not known. An error names the key that is missing or wrong.
func ParseNetwork(yaml []byte, gvr messages.Root) (Network, error) {
	settings, err := scalars(yaml)
	if err != nil {
		return Network{}, fmt.Errorf("network configuration: %w", err)
	}
	network := Network{Name: "custom", GenesisValidatorsRoot: gvr}
	if name := settings["CONFIG_NAME"]; name != "" {
		network.Name = name
	}
	if network.Preset, err = readPreset(settings); err != nil {
		return Network{}, fmt.Errorf("network configuration: %w", err)
	}
	if err := network.readVersions(settings); err != nil {
		return Network{}, fmt.Errorf("network configuration: %w", err)
	}
	return network, nil
}

func readPreset(settings map[string]string) (Preset, error) {
	preset, ok := presetNamed(settings["PRESET_BASE"])
	if !ok {
		return Preset{}, errors.New("PRESET_BASE: want mainnet, minimal or gnosis")
	}
	if text, given := settings["SLOTS_PER_EPOCH"]; given {
		slots, err := strconv.ParseUint(text, 10, 64)
		if err != nil || slots == 0 {
			return Preset{}, errors.New("SLOTS_PER_EPOCH: want a decimal number above zero")
		}
		preset.SlotsPerEpoch = slots
	}
	return preset, nil
}

func (n *Network) readVersions(settings map[string]string) error {
	n.Latest = Capella
	for fork := Deneb; int(fork) < forkCount; fork++ {
		if _, given := settings[versionKeys[fork]]; given {
			n.Latest = fork
		}
	}
	for fork := Phase0; fork <= n.Latest; fork++ {
		key := versionKeys[fork]
		text, given := settings[key]
		if !given {
			return fmt.Errorf("%s: missing", key)
		}
		digits, found := strings.CutPrefix(strings.ToLower(text), "0x")
		decoded, err := hex.DecodeString(digits)
		if !found || err != nil || len(decoded) != len(Version{}) {
			return fmt.Errorf("%s: want 0x and 8 hex digits", key)
		}
		n.Versions[fork] = Version(decoded)
	}
	return nil
}

// scalars returns the top-level settings of a YAML document as they are written: a fork version is hexadecimal text
// there, which a decoder would take for a number and strip of its leading zeros.
func scalars(yaml []byte) (map[string]string, error) {
	file, err := parser.ParseBytes(yaml, 0)
	if err != nil {
		return nil, errors.New("not YAML")
	}
	settings := make(map[string]string)
	for _, document := range file.Docs {
		collect(document.Body, settings)
	}
	return settings, nil
}

func collect(body ast.Node, settings map[string]string) {
	mapping, ok := body.(ast.MapNode)
	if !ok {
		return
	}
	for entries := mapping.MapRange(); entries.Next(); {
		if _, scalar := entries.Value().(ast.ScalarNode); scalar {
			settings[entries.Key().GetToken().Value] = entries.Value().GetToken().Value
		}
	}
}
