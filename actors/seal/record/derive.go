package record

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"

	"containment-chamber/actors/box"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

const (
	keySize = box.KeySize

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

// place is where a ciphertext or a share belongs.
type place struct {
	layer      string
	chamber    ID
	generation uint64
}

// data is the associated data.
func (p place) data() []byte {
	return fmt.Appendf(nil, "containment-chamber seal 1 %s %s %d", p.layer, p.chamber, p.generation)
}

// decrypt copies what is decrypted into the master key's place, and leaves nothing elsewhere.
func decrypt(into *[keySize]byte, key, sealed, data []byte) error {
	plain, err := box.Open(key, sealed, data)
	if err != nil || len(plain) != keySize {
		clear(plain)
		return ErrShare // the key is wrong: it was put together from shares that do not belong here
	}
	copy(into[:], plain)
	clear(plain)
	return nil
}

// digest proves that a share is the one that was made.
func (p place) digest(share []byte) []byte {
	p.layer += " share"
	return p.hash(share)
}

// hash is of a secret that nobody can guess.
func (p place) hash(secret []byte) (sum []byte) {
	data := p.data()
	secmem.Do(func() {
		h := sha256.New()
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
		h.Write(data)
		h.Write(secret)
		sum = h.Sum(nil)
	})
	return sum
}

// tokenDigest tells a registration token that was used from others.
func (p place) tokenDigest(token messages.Secret) (sum []byte) {
	p.layer += " registration token"
	token.Use(func(text []byte) { sum = p.hash(text) })
	return sum
}

// prove returns [ErrShare] unless the share has the digest.
func (p place) prove(share, digest []byte) error {
	if subtle.ConstantTimeCompare(p.digest(share), digest) != 1 {
		return ErrShare
	}
	return nil
}
