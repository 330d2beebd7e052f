package keystore

import (
	"crypto/aes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"containment-chamber/messages"
)

// version is the only version of EIP-2335.
const version = 4

// document is the file (EIP-2335 "JSON schema").
type document struct {
	Crypto      sections `json:"crypto"`
	Description string   `json:"description"`
	PublicKey   string   `json:"pubkey"`
	Path        string   `json:"path"`
	UUID        string   `json:"uuid"`
	Version     int      `json:"version"`
}

type sections struct {
	KDF struct {
		Function KDF    `json:"function"`
		Params   params `json:"params"`
		Message  string `json:"message"` // always empty
	} `json:"kdf"`
	Checksum struct {
		Function string   `json:"function"`
		Params   struct{} `json:"params"`
		Message  hexBytes `json:"message"`
	} `json:"checksum"`
	Cipher struct {
		Function string `json:"function"`
		Params   struct {
			IV hexBytes `json:"iv"`
		} `json:"params"`
		Message hexBytes `json:"message"`
	} `json:"cipher"`
}

const (
	checksumFunction = "sha256"
	cipherFunction   = "aes-128-ctr"
)

// Parse reads a keystore and checks all that decryption relies on. JSON of something else is [ErrNotKeystore].
func Parse(text []byte) (*Keystore, error) {
	var outline struct {
		Crypto  json.RawMessage `json:"crypto"`
		Version json.RawMessage `json:"version"`
	}
	if err := json.Unmarshal(text, &outline); err != nil {
		if wrongType := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrongType) {
			return nil, ErrNotKeystore
		}
		return nil, jsonError(err)
	}
	if outline.Crypto == nil {
		return nil, ErrNotKeystore
	}
	// Before the rest is read: other versions have other sections.
	if string(outline.Version) != strconv.Itoa(version) {
		return nil, errors.New("keystore: version must be 4 (EIP-2335); version 3 is for execution-layer keys")
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, jsonError(err)
	}
	k, err := d.keystore()
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	return k, nil
}

func (d *document) keystore() (*Keystore, error) {
	c := &d.Crypto
	k := &Keystore{
		Path: d.Path, UUID: d.UUID, Description: d.Description,
		kdf:      derivation{c.KDF.Function, c.KDF.Params},
		checksum: c.Checksum.Message, iv: c.Cipher.Params.IV, ciphertext: c.Cipher.Message,
	}
	if d.PublicKey != "" {
		public, err := messages.ParsePublicKey(d.PublicKey)
		if err != nil {
			return nil, errors.New("pubkey must be 96 hex digits")
		}
		k.PublicKey = public
	}
	if err := k.kdf.check(); err != nil {
		return nil, err
	}
	if c.Checksum.Function != checksumFunction || len(k.checksum) != sha256.Size {
		return nil, errors.New("checksum must be sha256 with a message of 32 bytes")
	}
	if c.Cipher.Function != cipherFunction || len(k.iv) != aes.BlockSize || len(k.ciphertext) == 0 {
		return nil, errors.New("cipher must be aes-128-ctr with an iv of 16 bytes and a message")
	}
	return k, nil
}

// jsonError says what is wrong without repeating text of the file, which may be any file.
func jsonError(err error) error {
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		return fmt.Errorf("not JSON, or cut short: error at byte %d", syntax.Offset)
	}
	if wrongType := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrongType) {
		return fmt.Errorf("keystore: %s has the wrong type", wrongType.Field)
	}
	return fmt.Errorf("keystore: %w", errHex)
}

var errHex = errors.New("salt, iv and messages must be hexadecimal, without 0x")

// hexBytes is written in hexadecimal, without 0x.
type hexBytes []byte

// MarshalText implements [encoding.TextMarshaler].
func (b hexBytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (b *hexBytes) UnmarshalText(text []byte) error {
	decoded, err := hex.DecodeString(string(text))
	if err != nil {
		return errHex
	}
	*b = decoded
	return nil
}
