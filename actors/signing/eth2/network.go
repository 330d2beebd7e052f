package eth2

import "containment-chamber/messages"

// Network is what a chain's configuration says and a request does not. It is a value and is never changed.
type Network struct {
	// Name is for people: "mainnet", or the CONFIG_NAME of a devnet.
	Name string
	// GenesisValidatorsRoot identifies the chain; zero means that it is not known.
	GenesisValidatorsRoot messages.Root
	Preset                Preset
	// Versions holds the fork versions from Phase0 to Latest; what stands behind Latest means nothing.
	Versions [forkCount]Version
	// Latest is the newest fork whose version is known, at least Capella.
	Latest Fork
}

// Preset holds the sizes that epochs and hash tree roots depend on (consensus-specs presets/).
type Preset struct {
	// SlotsPerEpoch is at least 1.
	SlotsPerEpoch uint64
	// SyncCommitteeSize is a multiple of 32.
	SyncCommitteeSize int
	// MaxCommitteesPerSlot is a multiple of 4.
	MaxCommitteesPerSlot int
}

// presetNamed returns the preset that a PRESET_BASE names. Gnosis chains differ from mainnet in the length of epochs
// only, as far as roots are concerned (gnosischain/specs consensus/preset/gnosis).
func presetNamed(base string) (Preset, bool) {
	switch base {
	case "mainnet":
		return Preset{SlotsPerEpoch: 32, SyncCommitteeSize: 512, MaxCommitteesPerSlot: 64}, true
	case "gnosis":
		return Preset{SlotsPerEpoch: 16, SyncCommitteeSize: 512, MaxCommitteesPerSlot: 64}, true
	case "minimal":
		return Preset{SlotsPerEpoch: 8, SyncCommitteeSize: 32, MaxCommitteesPerSlot: 4}, true
	default:
		return Preset{}, false
	}
}

// epochOf returns the epoch of a slot.
func (p Preset) epochOf(slot uint64) uint64 { return slot / p.SlotsPerEpoch }

// forkOf returns the fork that a version belongs to. A version that the network does not know is taken for one that
// was scheduled after this program was built, so for the newest.
func (n Network) forkOf(version Version) Fork {
	for fork := Phase0; fork <= n.Latest; fork++ {
		if n.Versions[fork] == version {
			return fork
		}
	}
	return Heze
}

// builtin is a network as it is written down below.
type builtin struct {
	name, preset, root string
	versions           []uint32
}

// builtins are the public networks: each one's own config.yaml, and the root that its beacon nodes answer for genesis.
var builtins = []builtin{
	{"mainnet", "mainnet", "0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95", []uint32{
		0x00000000, 0x01000000, 0x02000000, 0x03000000, 0x04000000, 0x05000000, 0x06000000, 0x07000000, 0x08000000,
	}},
	{"sepolia", "mainnet", "0xd8ea171f3c94aea21ebc42a1ed61052acf3f9209c00e4efbaaddac09ed9b8078", []uint32{
		0x90000069, 0x90000070, 0x90000071, 0x90000072, 0x90000073, 0x90000074, 0x90000075, 0x90000076,
	}},
	{"hoodi", "mainnet", "0x212f13fc4df078b6cb7db228f1c8307566dcecf900867401a92023d7ba99cb5f", []uint32{
		0x10000910, 0x20000910, 0x30000910, 0x40000910, 0x50000910, 0x60000910, 0x70000910, 0x80000910,
	}},
	{"holesky", "mainnet", "0x9143aa7c615a7f7115e2b6aac319c03529df8242ae705fba9df39b79c59fa8b1", []uint32{
		0x01017000, 0x02017000, 0x03017000, 0x04017000, 0x05017000, 0x06017000, 0x07017000,
	}},
	{"gnosis", "gnosis", "0xf5dcb5564e829aab27264b9becd5dfaa017085611224cb3036f573368dbb9d47", []uint32{
		0x00000064, 0x01000064, 0x02000064, 0x03000064, 0x04000064, 0x05000064, 0x06000064, 0x07000064,
	}},
	{"chiado", "gnosis", "0x9d642dac73058fbf39c0ae41ab1e34e4d889043cb199851ded7095bc99eb4c1e", []uint32{
		0x0000006f, 0x0100006f, 0x0200006f, 0x0300006f, 0x0400006f, 0x0500006f, 0x0600006f, 0x0700006f,
	}},
}

// BuiltinNames lists the public networks that need no configuration file, in a fixed order.
func BuiltinNames() []string {
	names := make([]string, 0, len(builtins))
	for _, b := range builtins {
		names = append(names, b.name)
	}
	return names
}

// Builtin returns a public network by its exact, lower-case name, and whether there is one.
func Builtin(name string) (Network, bool) {
	for _, b := range builtins {
		if b.name == name {
			return b.network(), true
		}
	}
	return Network{}, false
}

func (b builtin) network() Network {
	root, err := messages.ParseRoot(b.root)
	preset, ok := presetNamed(b.preset)
	if err != nil || !ok {
		panic("eth2: the table of built-in networks is wrong") // unreachable
	}
	network := Network{Name: b.name, GenesisValidatorsRoot: root, Preset: preset, Latest: Fork(len(b.versions) - 1)}
	for fork, version := range b.versions {
		network.Versions[fork] = versionOf(version)
	}
	return network
}
