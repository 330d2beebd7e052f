package main

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/config"
	"containment-chamber/messages"
)

const (
	// devData is where --dev and --dev-quorum keep everything.
	devData = "dev-data"
	// devKeys is how many keys they make.
	devKeys = 4
)

// development is what --dev and --dev-quorum make of a signer.
type development struct {
	job    *job
	dir    string // of the chamber
	quorum bool
	// made says that this process has made the chamber.
	made bool
	// state is how the chamber stands when the signer begins to listen.
	state messages.SealState
	// tokens are those that the signer has written to its log.
	tokens chan messages.Secret
}

// prepareDev makes the directories, and chooses what no flag has chosen. It overrides the file and the environment, so that
// the devnet keys never meet the history or the network of real ones. The history is the same with operators and without,
// since the keys are.
func prepareDev(j *job, quorum bool) (*development, error) {
	// Tokens: one is enough, which is asked for; the others are for people.
	d := &development{job: j, dir: devData, quorum: quorum, tokens: make(chan messages.Secret, 1)}
	if quorum {
		d.dir = filepath.Join(devData, "quorum")
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, fmt.Errorf("a signer for development needs a directory that it can write to: %w", err)
	}
	choices := map[string]string{
		"server-listen-address": "127.0.0.1", "metrics-listen-address": "127.0.0.1",
		"anti-slashing-path": filepath.Join(devData, "slashing_protection.sqlite"), "key-sources-filesystem-paths": "",
		"signer-state-backend": config.BackendSQLite, "signer-state-path": d.path("state.sqlite"), "key-sources-sqlite-path": d.path("keys.sqlite"),
		"audit-file": d.path("audit.jsonl"), // without evidence there are no ceremonies
	}
	if _, chosen := j.flags["network-config"]; !chosen {
		choices["network"] = "hoodi"
	}
	for flag, value := range choices {
		if _, chosen := j.flags[flag]; !chosen {
			j.flags[flag] = value
		}
	}
	if j.flags["signer-state-backend"] == config.BackendNone || j.flags["key-sources-sqlite-path"] == "" {
		return nil, &exitError{exitUsage, errors.New("a signer for development has a chamber: leave out --signer-state-backend and --key-sources-sqlite-path, or name others")}
	}
	return d, nil
}

func (d *development) path(name string) string { return filepath.Join(d.dir, name) }

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

// devnetKey is a key of --dev, which the caller wipes.
func devnetKey(index int) *bls.SecretKey {
	key, err := bls.NewSecretKey(interopSecret(uint64(index)))
	if err != nil {
		panic("a devnet key is no key") // unreachable: a test makes them
	}
	return key
}
