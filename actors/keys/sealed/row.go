package sealed

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"containment-chamber/actors/box"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// scheme is the version of the construction, and the first byte of what is sealed.
const scheme = 1

// SealedSize is the length of a sealed secret in bytes.
const SealedSize = 1 + bls.SecretKeySize + box.Overhead

var errWiped = errors.New("the key is wiped")

// Attributes are what is bound to a key beside its identity.
type Attributes struct {
	Status Status
	Canary bool
}

// Seal makes the row of a key, which stays the caller's. The error is that the key was wiped.
func Seal(key *bls.SecretKey, as Attributes, under messages.DerivedKey) (Row, error) {
	now := time.Now().UTC().Truncate(time.Second)
	r := Row{
		PublicKey: key.PublicKey(), ChamberID: under.ChamberID, Status: as.Status, Canary: as.Canary, Created: now, Changed: now,
	}
	// What reveals the secret calls C, which must not be called within Do.
	revealed := key.Reveal(func(secret []byte) {
		secmem.Do(func() {
			under.Key.Use(func(b *[box.KeySize]byte) {
				r.Sealed = append([]byte{scheme}, box.Seal(b[:], secret, r.bound())...)
			})
		})
	})
	if !revealed {
		return Row{}, errWiped
	}
	return r, nil
}

// Open returns the secret key, which becomes the caller's. The error wraps ErrOtherChamber, ErrNewer, ErrEdited or
// ErrWrongKey.
func (r Row) Open(under messages.DerivedKey) (*bls.SecretKey, error) {
	switch {
	case r.ChamberID != under.ChamberID:
		return nil, fmt.Errorf("%w: it is %q's, and this is %s", ErrOtherChamber, r.ChamberID, under.ChamberID)
	case len(r.Sealed) > 0 && r.Sealed[0] > scheme:
		return nil, fmt.Errorf("%w: scheme %d: start the newer program that wrote it", ErrNewer, r.Sealed[0])
	case len(r.Sealed) != SealedSize || r.Sealed[0] != scheme:
		return nil, ErrEdited
	}
	var secret []byte
	var err error
	secmem.Do(func() {
		under.Key.Use(func(key *[box.KeySize]byte) { secret, err = box.Open(key[:], r.Sealed[1:], r.bound()) })
	})
	if err != nil {
		return nil, ErrEdited
	}
	defer clear(secret)
	key, err := bls.NewSecretKey(secret)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrWrongKey, err)
	}
	if key.PublicKey() != r.PublicKey {
		key.Wipe()
		return nil, ErrWrongKey
	}
	return key, nil
}

// bound is what the secret is encrypted over.
func (r Row) bound() []byte {
	kind := "key"
	if r.Canary {
		kind = "canary"
	}
	return fmt.Appendf(nil, "containment-chamber validator key %d %s %s %s %s", scheme, r.ChamberID, r.PublicKey, r.Status, kind)
}

// Fingerprint is equal for rows that open alike.
func (r Row) Fingerprint() [sha256.Size]byte {
	h := sha256.New()
	h.Write(r.bound())
	h.Write([]byte{'\n'})
	h.Write(r.Sealed)
	return [sha256.Size]byte(h.Sum(nil))
}
