// Package box encrypts small things at rest: AES-256-GCM under a random nonce, which comes first.
//
// # What it guarantees
//
//   - Open returns what Seal was given, if the key and the associated data are the same and no bit was changed. In every
//     other case it returns an error that says nothing more, in the same time.
//   - The slices stay the caller's; so does the key, which the caller wipes.
//
// # Decisions
//
// Nonces are random, and of 96 bits: a key may seal 2^32 times before two may be equal (NIST SP 800-38D §8.3). Every key
// here seals a handful, or one thing for each validator.
//
// A ciphertext can be made that opens under two keys to two texts (GCM does not commit to its key). Nobody here opens one
// thing under many keys to see which fits, which is what that would fool.
package box

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
)

const (
	// KeySize is the length of every key in bytes.
	KeySize = 32
	// Overhead is how many bytes longer than the text what is sealed is: a nonce of 12, and a tag of 16.
	Overhead = nonceSize + 16

	nonceSize = 12
)

// ErrOpen says that something was not sealed with this key and this data, or was changed since.
var ErrOpen = errors.New("not sealed with this key and data, or changed since")

// Seal encrypts the text, and binds it to the associated data. The key has KeySize bytes.
func Seal(key, text, data []byte) []byte {
	sealed := Random(nonceSize)
	return aead(key).Seal(sealed, sealed, text, data)
}

// Open returns the text, which the caller wipes if it is secret, or ErrOpen. The key has KeySize bytes.
func Open(key, sealed, data []byte) ([]byte, error) {
	if len(sealed) < Overhead {
		return nil, ErrOpen
	}
	text, err := aead(key).Open(nil, sealed[:nonceSize], sealed[nonceSize:], data)
	if err != nil {
		return nil, ErrOpen
	}
	return text, nil
}

// Random returns bytes that nobody can guess.
func Random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it crashes the process first
	return b
}

func aead(key []byte) cipher.AEAD {
	if len(key) != KeySize {
		panic("box: a key is of 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("box: AES-256 refuses a key of 32 bytes") // unreachable
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("box: GCM refuses AES") // unreachable
	}
	return gcm
}
