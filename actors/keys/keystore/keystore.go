// Package keystore reads and writes EIP-2335 keystores, version 4: one secret in a JSON file, encrypted under a password.
//
// # What it guarantees
//
//   - What [Parse] accepts, [Keystore.Decrypt] can work on: every algorithm is known, every length is right, and the cost
//     of deriving the key is bounded, so that a hostile file cannot ask for all memory or for hours.
//   - A wrong password is [ErrPassword] and nothing else is. No error contains a password, a secret, or text of the file.
//   - What is derived from the password is overwritten before Decrypt returns, as far as the Go runtime lets it be.
//
// # Decisions
//
// Files in the wild carry extra fields (a name, a checksum of their own), so unknown fields are ignored. What takes part
// in decryption is checked to the letter.
//
// EIP-2335 uses the first 32 bytes of the derived key only. Both functions yield a longer key's first 32 bytes when they
// are asked for 32, so a dklen above 32 is accepted and costs nothing.
//
// The limit for scrypt is n·r·p ≤ 2^23: a gibibyte of memory and a few seconds, four times what the EIP's example and every
// known tool ask for. The limit for PBKDF2 is 2^24 rounds, sixty-four times the example. There is no lower limit: a weak
// keystore is its owner's choice, and refusing it would protect nobody.
//
// The checksum is no MAC over the ciphertext and the IV: a file whose IV was changed opens, to another secret. Whoever
// decrypts must derive the public key and compare it with the claimed one.
//
// The standard library's PBKDF2 takes the password as a string, which cannot be overwritten. It is the one copy that is left
// to the garbage collector.
package keystore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"errors"

	"containment-chamber/messages"
)

var (
	// ErrPassword says that the password does not open the keystore.
	ErrPassword = errors.New("wrong password, or the keystore is damaged")
	// ErrNotKeystore says that the text is JSON, but of something else than a keystore: it has no "crypto" section.
	ErrNotKeystore = errors.New("not a keystore: no crypto section")
)

// Keystore is a keystore that can be decrypted. It holds nothing that is secret by itself.
type Keystore struct {
	// PublicKey is what the file claims; zero when it claims none.
	PublicKey messages.PublicKey
	// Path is the EIP-2334 derivation path, as written; empty when the key was not derived.
	Path string
	// UUID and Description are as written.
	UUID, Description string

	kdf        derivation
	checksum   []byte // 32 bytes
	iv         []byte // 16 bytes
	ciphertext []byte // at least 1 byte
}

// Memory returns how many bytes of memory [Keystore.Decrypt] needs: 128·n·r for scrypt, 0 for PBKDF2.
func (k *Keystore) Memory() int64 { return k.kdf.memory() }

// Decrypt returns the secret, which the caller must wipe. The password is UTF-8 and is normalised as the EIP demands; the
// slice stays the caller's. The only error is [ErrPassword]. It takes the whole cost of the key derivation, up to seconds.
func (k *Keystore) Decrypt(password []byte) ([]byte, error) {
	key := k.kdf.derive(password)
	defer clear(key)
	if sum := checksum(key, k.ciphertext); subtle.ConstantTimeCompare(sum[:], k.checksum) != 1 {
		return nil, ErrPassword
	}
	return crypt(key, k.iv, k.ciphertext), nil
}

// checksum is SHA-256 over the second half of the derived key and the ciphertext (EIP-2335 "Checksum").
func checksum(key, ciphertext []byte) [sha256.Size]byte {
	preimage := append(append(make([]byte, 0, keySize/2+len(ciphertext)), key[keySize/2:]...), ciphertext...)
	defer clear(preimage)
	return sha256.Sum256(preimage)
}

// crypt applies AES-128-CTR under the first half of the derived key (EIP-2335 "Cipher"). It is its own inverse.
func crypt(key, iv, text []byte) []byte {
	block, err := aes.NewCipher(key[:keySize/2])
	if err != nil {
		panic("keystore: AES-128 refuses a key of 16 bytes") // unreachable
	}
	out := make([]byte, len(text))
	cipher.NewCTR(block, iv).XORKeyStream(out, text)
	return out
}
