package main

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"slices"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// devData is where --dev keeps everything.
const devData = "dev-data"

// devKeys is how many keys --dev makes.
const devKeys = 4

// prepareDev makes the keys, and chooses what no flag has chosen. It overrides the file and the environment, so that the
// devnet keys never meet the history or the network of real ones.
func prepareDev(j *job) error {
	keys := filepath.Join(devData, "keys")
	if err := os.MkdirAll(keys, 0o700); err != nil {
		return fmt.Errorf("--dev needs a directory that it can write to: %w", err)
	}
	for i := range devKeys {
		secret := interopSecret(uint64(i))
		text := fmt.Sprintf("# devnet key %d: public knowledge, worth nothing\ntype: file-raw\nkeyType: BLS\nprivateKey: \"0x%x\"\n", i, secret)
		path := filepath.Join(keys, fmt.Sprintf("devnet-%d.yaml", i))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return fmt.Errorf("--dev: %w", err)
		}
	}
	choices := map[string]string{
		"server-listen-address": "127.0.0.1", "metrics-listen-address": "127.0.0.1",
		"key-sources-filesystem-paths": keys, "anti-slashing-path": filepath.Join(devData, "slashing_protection.sqlite"),
	}
	if _, chosen := j.flags["network-config"]; !chosen {
		choices["network"] = "hoodi"
	}
	for flag, value := range choices {
		if _, chosen := j.flags[flag]; !chosen {
			j.flags[flag] = value
		}
	}
	return nil
}

// interopSecret is a key of the eth2.0-pm interop set ("mocked start"): SHA-256 of the index as a little-endian number
// of 32 bytes, read as a little-endian number modulo the order of the curve's group. Every devnet tool knows them.
func interopSecret(index uint64) []byte {
	order, _ := new(big.Int).SetString("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16)
	var input [32]byte
	binary.LittleEndian.PutUint64(input[:], index)
	hash := sha256.Sum256(input[:])
	slices.Reverse(hash[:])
	secret := new(big.Int).SetBytes(hash[:])
	return secret.Mod(secret, order).FillBytes(make([]byte, 32))
}

// greet says what runs, and what to try next.
func (s *signer) greet(w io.Writer) error {
	key, err := bls.NewSecretKey(interopSecret(0))
	if err != nil {
		return errors.New("the devnet key is no key") // unreachable: a test makes it
	}
	api, metrics := "http://"+s.api.Address(), "http://"+s.scrape.Address()
	version := s.parts.network.Versions[s.parts.network.Latest].String()
	fork := fmt.Sprintf(`{"fork":{"previous_version":%q,"current_version":%q,"epoch":"0"},"genesis_validators_root":%q}`,
		version, version, devRoot(s).String())
	root := messages.Root{1}
	_, err = fmt.Fprintf(w, `
  DEVELOPMENT MODE: four keys that everyone knows, slashing protection in ./%[1]s. Never use it with real keys.

  signing API   %[2]s      (network %[3]s)
  metrics       %[4]s/metrics

  List the keys:
    curl -s %[2]s/api/v1/eth2/publicKeys

  Sign an attestation:
    curl -s %[2]s/api/v1/eth2/sign/%[5]s -H 'Accept: application/json' -d '{"type":"ATTESTATION","fork_info":%[6]s,"attestation":{"slot":"64","index":"0","beacon_block_root":"%[7]s","source":{"epoch":"1","root":"%[7]s"},"target":{"epoch":"2","root":"%[7]s"}}}'

  See the metrics:
    curl -s %[4]s/metrics | grep containment_signing_requests_total | grep -v ' 0$'

  Next: change "beacon_block_root" and sign again: the answer is 412, a double vote. Then see the README on how to
  replace Web3Signer, and 'containment-chamber server --help' for the configuration. Ctrl-C stops the signer.

`, devData, api, s.parts.network.Name, metrics, key.PublicKey(), fork, root)
	return err
}

// devRoot is the chain's genesis validators root, or any where the first duty decides.
func devRoot(s *signer) messages.Root {
	if root := s.parts.network.GenesisValidatorsRoot; !root.IsZero() {
		return root
	}
	return messages.Root{0xde}
}
