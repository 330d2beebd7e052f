package quorum

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"

	"containment-chamber/actors/box"
)

const (
	label    = "containment-chamber credential 1 "
	saltSize = 16
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
	defer clear(key)
	c.Sealed = box.Seal(key, share, b.data(c.Kind))
	return c
}

// open returns the share. It wipes the key.
func (c Credential) open(key []byte, b Binding) ([]byte, error) {
	defer clear(key)
	share, err := box.Open(key, c.Sealed, b.data(c.Kind))
	if err != nil {
		return nil, ErrWrongCredential
	}
	return share, nil
}

// check refuses what cannot be opened in the way that somebody tries to.
func (c Credential) check(way Kind) error {
	switch share := len(c.Sealed) - box.Overhead; {
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
	key, err := hkdf.Key(sha256.New, secret, salt, label+string(kind), box.KeySize)
	if err != nil {
		panic("quorum: HKDF refuses to make 32 bytes") // unreachable
	}
	return key
}
