package record

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

const (
	keySize   = 32
	nonceSize = 12
	tagSize   = 16

	// purposeVerifier is the purpose of the key that stands in the record. The other purposes are those of messages.
	purposeVerifier messages.KeyPurpose = "verifier"
)

// Derive writes the key for a purpose into a secret.
func Derive(id ID, master, into *secmem.Secret, purpose messages.KeyPurpose) {
	secmem.Do(func() {
		master.Use(func(master *[keySize]byte) {
			key := derive(id, master, purpose)
			into.Use(func(b *[keySize]byte) { copy(b[:], key) })
			clear(key)
		})
	})
}

// derive returns a key on the heap. It is the caller's to wipe.
func derive(id ID, master *[keySize]byte, purpose messages.KeyPurpose) []byte {
	key, err := hkdf.Key(sha256.New, master[:], id[:], "containment-chamber 1 "+string(purpose), keySize)
	if err != nil {
		panic("record: HKDF refuses to make 32 bytes") // unreachable
	}
	return key
}

// Verify returns [ErrMaster] unless this is the chamber's master key.
func (r Record) Verify(master *secmem.Secret) (err error) {
	secmem.Do(func() { master.Use(func(b *[keySize]byte) { err = r.verify(b) }) })
	return err
}

func (r Record) verify(master *[keySize]byte) error {
	if subtle.ConstantTimeCompare(derive(r.Chamber, master, purposeVerifier), r.Verifier) != 1 {
		return ErrMaster
	}
	return nil
}

// layers name what a ciphertext is.
const (
	layerKMS    = "kms"    // the master key under the outer key
	layerOuter  = "outer"  // the inner ciphertext under the outer key
	layerQuorum = "quorum" // the master key under the unseal key
)

func data(layer string, id ID, generation uint64) []byte {
	return fmt.Appendf(nil, "containment-chamber seal 1 %s %s %d", layer, id, generation)
}

func encrypt(key, plain, data []byte) []byte {
	nonce := random(nonceSize)
	return gcm(key).Seal(nonce, nonce, plain, data)
}

// decrypt appends to into, which has room: a secret is nowhere else.
func decrypt(into, key, sealed, data []byte) ([]byte, error) {
	if len(sealed) < nonceSize+tagSize {
		return nil, ErrDamaged
	}
	plain, err := gcm(key).Open(into, sealed[:nonceSize], sealed[nonceSize:], data)
	if err != nil {
		return nil, ErrShare // the key is wrong: it was put together from shares that do not belong here
	}
	return plain, nil
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("record: AES-256 refuses a key of 32 bytes") // unreachable
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic("record: GCM refuses AES") // unreachable
	}
	return aead
}

// digest proves that a share is the one that was made.
func digest(layer string, id ID, generation uint64, share []byte) []byte {
	h := sha256.New()
	d := data(layer+" share", id, generation)
	h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(d))))
	h.Write(d)
	h.Write(share)
	return h.Sum(nil)
}

func proved(share, want []byte, layer string, id ID, generation uint64) error {
	if subtle.ConstantTimeCompare(digest(layer, id, generation, share), want) != 1 {
		return ErrShare
	}
	return nil
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it crashes the process first
	return b
}
