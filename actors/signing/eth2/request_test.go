package eth2_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"testing"

	"containment-chamber/actors/signing/eth2"
	"containment-chamber/messages"
)

// request is a sign request under construction.
type request map[string]any

func (r request) body(t testing.TB) []byte {
	t.Helper()
	body, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// with returns a copy with one member set; a nil value removes it.
func (r request) with(name string, value any) request {
	changed := request{}
	maps.Copy(changed, r)
	if changed[name] = value; value == nil {
		delete(changed, name)
	}
	return changed
}

// parse reads a request, keeping its numbers as they are written.
func parse(t testing.TB, body []byte) request {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var r request
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

func mustBuiltin(t testing.TB, name string) eth2.Network {
	t.Helper()
	network, ok := eth2.Builtin(name)
	if !ok {
		t.Fatalf("no network %q", name)
	}
	return network
}

// minimalConfig is a devnet with the minimal preset and the fork versions of consensus-specs configs/minimal.yaml.
const minimalConfig = `
CONFIG_NAME: 'minimal'
PRESET_BASE: 'minimal'
GENESIS_FORK_VERSION: 0x00000001
ALTAIR_FORK_VERSION: 0x01000001 # unquoted, as everywhere
ALTAIR_FORK_EPOCH: 18446744073709551615
BELLATRIX_FORK_VERSION: 0x02000001
CAPELLA_FORK_VERSION: "0x03000001"
DENEB_FORK_VERSION: 0x04000001
ELECTRA_FORK_VERSION: 0x05000001
FULU_FORK_VERSION: 0x06000001
GLOAS_FORK_VERSION: 0x07000001
DEPOSIT_CHAIN_ID: 5
BLOB_SCHEDULE:
  - EPOCH: 0
    MAX_BLOBS_PER_BLOCK: 9
`

func minimal(t testing.TB) eth2.Network {
	t.Helper()
	network, err := eth2.ParseNetwork([]byte(minimalConfig), messages.Root{})
	if err != nil {
		t.Fatal(err)
	}
	return network
}

// chain is a fork_info whose fork began at epoch 0 with one version.
func chain(version string) request {
	return fork(version, version, "0")
}

const (
	mainnetRoot = "0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"
	zeroRoot    = "0x0000000000000000000000000000000000000000000000000000000000000000"
	someRoot    = "0x1111111111111111111111111111111111111111111111111111111111111111"
)

func fork(previous, current, epoch string) request {
	return request{
		"fork":                    request{"previous_version": previous, "current_version": current, "epoch": epoch},
		"genesis_validators_root": mainnetRoot,
	}
}

// attestation is a request that mainnet's decoder takes.
func attestation() request {
	return request{"type": "ATTESTATION", "fork_info": chain("0x06000000"), "attestation": request{
		"slot": "65", "index": "0", "beacon_block_root": someRoot,
		"source": request{"epoch": "1", "root": someRoot}, "target": request{"epoch": "2", "root": someRoot},
	}}
}

// signed computes the signing root of an object by the specification's formula, apart from the code under test.
func signed(t testing.TB, object, domain, version, gvr string) messages.Root {
	t.Helper()
	forkData := append(unhex(t, version), make([]byte, 28)...)
	forkRoot := sha256.Sum256(append(forkData, unhex(t, gvr)...))
	data := append(unhex(t, object), unhex(t, domain)...)
	return sha256.Sum256(append(data, forkRoot[:28]...))
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	var b []byte
	for i := 2; i < len(text); i += 2 {
		var octet byte
		for _, digit := range []byte(text[i : i+2]) {
			octet = octet<<4 | byte(bytes.IndexByte([]byte("0123456789abcdef"), digit))
		}
		b = append(b, octet)
	}
	return b
}
