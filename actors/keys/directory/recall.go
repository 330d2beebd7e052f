package directory

import (
	"crypto/sha256"
	"fmt"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// Secrets remembers what keystores were decrypted to, so that it need not be done again. A keystore is known by its
// [Candidate.Fingerprint] together with the password that opened it. It is used from several goroutines, and may forget.
type Secrets interface {
	// Find returns the secret and its public key. The secret is the caller's, who wipes it.
	Find(fingerprint [sha256.Size]byte, password []byte) (public messages.PublicKey, secret []byte, found bool)
	// Keep remembers a secret. The slices stay the caller's.
	Keep(fingerprint [sha256.Size]byte, password []byte, public messages.PublicKey, secret []byte)
}

// LoadThrough is Load, but asks s before it decrypts a keystore, and tells s what it decrypted. It fails where Load would:
// the password is read in any case, another one than before finds nothing, and the public key is derived from what was
// found. A raw key has nothing to do with s.
func (c Candidate) LoadThrough(s Secrets) (*bls.SecretKey, error) {
	if c.keystore == nil {
		return c.Load()
	}
	return c.open(s)
}

// open reads the password, and finds or decrypts the secret.
func (c Candidate) open(s Secrets) (*bls.SecretKey, error) {
	password, err := readPassword(c.passwordFile)
	if err != nil {
		return nil, fmt.Errorf("password file %s: %w", c.passwordFile, err)
	}
	defer clear(password)
	if key, ok := c.recall(s, password); ok {
		return key, nil
	}
	secret, err := c.keystore.Decrypt(password)
	if err != nil {
		return nil, fmt.Errorf("password file %s: %w", c.passwordFile, err)
	}
	defer clear(secret)
	key, err := c.keyOf(secret)
	if err != nil {
		return nil, err
	}
	s.Keep(c.Fingerprint, password, key.PublicKey(), secret)
	return key, nil
}

// recall returns the key that s remembers, if it is what s and the file say it is.
func (c Candidate) recall(s Secrets, password []byte) (*bls.SecretKey, bool) {
	public, secret, found := s.Find(c.Fingerprint, password)
	if !found {
		return nil, false
	}
	defer clear(secret)
	key, err := c.keyOf(secret)
	if err != nil {
		return nil, false
	}
	if key.PublicKey() != public {
		key.Wipe()
		return nil, false
	}
	return key, true
}

// keyOf makes the key of a secret, and compares it with the file's claim.
func (c Candidate) keyOf(secret []byte) (*bls.SecretKey, error) {
	key, err := bls.NewSecretKey(secret)
	if err != nil {
		return nil, err
	}
	if c.PublicKey != (messages.PublicKey{}) && c.PublicKey != key.PublicKey() {
		key.Wipe()
		return nil, fmt.Errorf("%w: it says %s, but its secret belongs to %s", ErrWrongKey, c.PublicKey, key.PublicKey())
	}
	return key, nil
}

// forgetful remembers nothing.
type forgetful struct{}

// Find implements [Secrets].
func (forgetful) Find([sha256.Size]byte, []byte) (public messages.PublicKey, secret []byte, found bool) {
	return public, nil, false
}

// Keep implements [Secrets].
func (forgetful) Keep([sha256.Size]byte, []byte, messages.PublicKey, []byte) {}

var _ Secrets = forgetful{}
