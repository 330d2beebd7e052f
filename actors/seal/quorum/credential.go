package quorum

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
)

const (
	label     = "containment-chamber credential 1 "
	saltSize  = 16
	keySize   = 32
	nonceSize = 12
	tagSize   = 16
	// maxShare is far above the 33 bytes of a share, and keeps a damaged record small.
	maxShare = 1024
)

// data is the associated data: %q keeps the names apart, whatever is in them.
func (b Binding) data(kind Kind) []byte {
	return fmt.Appendf(nil, label+"%s %d %q %q", kind, b.Generation, b.Operator, b.ChamberID)
}

// sealed returns the credential with the share in it. It wipes the key.
func (c Credential) sealed(key, share []byte, b Binding) Credential {
	if len(share) == 0 || len(share) > maxShare {
		panic("quorum: a share is of 1 to 1024 bytes")
	}
	nonce := random(nonceSize)
	c.Sealed = aead(key).Seal(nonce, nonce, share, b.data(c.Kind))
	return c
}

// open returns the share. It wipes the key.
func (c Credential) open(key []byte, b Binding) ([]byte, error) {
	share, err := aead(key).Open(nil, c.Sealed[:nonceSize], c.Sealed[nonceSize:], b.data(c.Kind))
	if err != nil {
		return nil, ErrWrongCredential
	}
	return share, nil
}

// check refuses what cannot be opened in the way that somebody tries to.
func (c Credential) check(way Kind) error {
	switch share := len(c.Sealed) - nonceSize - tagSize; {
	case c.Kind != Registration && c.Kind != Passphrase && c.Kind != YubiKey:
		return fmt.Errorf("%w: unknown kind %q", ErrDamaged, c.Kind)
	case share < 1 || share > maxShare:
		return fmt.Errorf("%w: its sealed share is of %d bytes", ErrDamaged, len(c.Sealed))
	case len(c.Salt) != saltSize:
		return fmt.Errorf("%w: its salt is of %d bytes", ErrDamaged, len(c.Salt))
	case (c.Kind == YubiKey) != (checkChallenge(c.Challenge) == nil):
		return fmt.Errorf("%w: a %s with a challenge of %d bytes", ErrDamaged, c.Kind, len(c.Challenge))
	case c.Kind != way:
		return fmt.Errorf("%w: the share opens by %s, not by %s", ErrWrongCredential, c.Kind, way)
	}
	return nil
}

// derive makes a key of a secret that nobody can guess.
func derive(secret, salt []byte, kind Kind) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, label+string(kind), keySize)
	if err != nil {
		panic("quorum: HKDF refuses to make 32 bytes") // unreachable
	}
	return key
}

// aead is AES-256-GCM. It wipes the key.
func aead(key []byte) cipher.AEAD {
	defer clear(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("quorum: AES-256 refuses a key of 32 bytes") // unreachable
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("quorum: GCM refuses AES") // unreachable
	}
	return gcm
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it crashes the process first
	return b
}
