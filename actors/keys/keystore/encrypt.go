package keystore

import (
	"cmp"
	"crypto/aes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"containment-chamber/messages"
)

// defaultCost is the n of scrypt, or the rounds of PBKDF2, of the EIP's examples and of all known tools.
const defaultCost = 1 << 18

// Config says how a keystore is made. The zero value makes one by scrypt at the usual cost.
type Config struct {
	// KDF is [Scrypt] when empty.
	KDF KDF
	// Cost is scrypt's n (with r = 8 and p = 1) or PBKDF2's rounds. 0 means 262,144, which keeps guessing expensive;
	// less is for tests and development only.
	Cost int
	// PublicKey, Path and Description are written as claims, unencrypted. A zero PublicKey is left out.
	PublicKey         messages.PublicKey
	Path, Description string
}

// Encrypt returns a new keystore's JSON. Salt, IV and UUID are random. Both slices stay the caller's. The error says
// what is wrong with the arguments.
func Encrypt(secret, password []byte, config Config) ([]byte, error) {
	if len(secret) == 0 {
		return nil, errors.New("keystore: no secret to encrypt")
	}
	kdf := config.derivation()
	if err := kdf.check(); err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	key := kdf.derive(password)
	defer clear(key)
	iv := random(aes.BlockSize)
	ciphertext := crypt(key, iv, secret)
	sum := checksum(key, ciphertext)

	d := document{Description: config.Description, Path: config.Path, UUID: newUUID(), Version: version}
	if config.PublicKey != (messages.PublicKey{}) {
		d.PublicKey = hex.EncodeToString(config.PublicKey[:])
	}
	d.Crypto.KDF.Function, d.Crypto.KDF.Params = kdf.function, kdf.params
	d.Crypto.Checksum.Function, d.Crypto.Checksum.Message = checksumFunction, sum[:]
	d.Crypto.Cipher.Function, d.Crypto.Cipher.Params.IV, d.Crypto.Cipher.Message = cipherFunction, iv, ciphertext
	return json.MarshalIndent(d, "", "  ")
}

func (c Config) derivation() derivation {
	cost := cmp.Or(c.Cost, defaultCost)
	d := derivation{cmp.Or(c.KDF, Scrypt), params{KeySize: keySize, Salt: random(32)}}
	if d.function == PBKDF2 {
		d.params.Rounds, d.params.PRF = cost, hmacSHA256
	} else {
		d.params.N, d.params.R, d.params.P = cost, 8, 1
	}
	return d
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it crashes the process first
	return b
}

// newUUID returns a random UUID (RFC 9562 §5.4).
func newUUID() string {
	u := random(16)
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}
