package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// benchSecret is the secret of the bench's key number index: public knowledge, worth nothing, and nobody else's. Two bits
// are cleared, which makes it smaller than the order of the curve's group.
func benchSecret(index int) [32]byte {
	secret := sha256.Sum256(fmt.Appendf(nil, "containment-chamber bench key %d", index))
	secret[0] &= 0x3f
	return secret
}

// benchKeys returns the public keys of the bench's first count keys.
func benchKeys(count int) ([]messages.PublicKey, error) {
	keys := make([]messages.PublicKey, count)
	for i := range keys {
		secret := benchSecret(i)
		key, err := bls.NewSecretKey(secret[:])
		if err != nil {
			return nil, fmt.Errorf("bench key %d: %w", i, err)
		}
		keys[i] = key.PublicKey()
		key.Wipe()
	}
	return keys, nil
}

// writeDescriptors writes the secrets of the bench's first count keys as one multi-document file of Web3Signer's form.
func writeDescriptors(w io.Writer, count int) error {
	for i := range count {
		if _, err := fmt.Fprintf(w, "---\ntype: file-raw\nkeyType: BLS\nprivateKey: \"0x%x\"\n", benchSecret(i)); err != nil {
			return fmt.Errorf("write bench keys: %w", err)
		}
	}
	return nil
}

// keysCommand is "chamber-bench keys".
type keysCommand struct {
	Keys int    `default:"1000" help:"How many keys."`
	File string `required:"" type:"path" help:"File to write; it must not exist. Multi-document YAML, as Web3Signer reads it."`
}

// Run implements kong's command.
func (c *keysCommand) Run() error {
	if c.Keys < 1 || c.Keys > maxKeys {
		return fmt.Errorf("%w: --keys: want 1 to %d", errUsage, maxKeys)
	}
	return writeKeyFile(c.File, c.Keys)
}

func writeKeyFile(path string, count int) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write bench keys: %w", err)
	}
	if err := writeDescriptors(file, count); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
