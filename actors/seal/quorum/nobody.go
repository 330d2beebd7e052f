package quorum

import (
	"errors"

	"containment-chamber/actors/box"
)

// Nobody is the credential of an operator who does not exist. To open it takes as long as to open one of that kind with
// what is wrong, and fails as that does: so nobody can tell from outside who the operators are.
func Nobody(kind Kind) Credential {
	c := Credential{Kind: kind, Salt: box.Random(saltSize), Sealed: box.Random(box.Overhead + 1)}
	switch kind {
	case Passphrase:
		c.Argon2id = Argon2id{memoryKiB, passes, lanes}
	case YubiKey:
		c.Challenge = NewChallenge()
	case Registration: // needs nothing more
	}
	return c
}

// ofKind checks a credential that somebody tries to open in a way. One of another kind opens as nobody's does.
func (c Credential) ofKind(way Kind) (Credential, error) {
	err := c.check(way)
	if errors.Is(err, ErrWrongCredential) {
		return Nobody(way), nil
	}
	return c, err
}
