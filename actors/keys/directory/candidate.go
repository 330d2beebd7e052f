package directory

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

// ErrWrongKey says that a file claims another public key than its secret has.
var ErrWrongKey = errors.New("claims the wrong public key")

// Candidate is a key that was found and is not yet decrypted.
type Candidate struct {
	// Name is the absolute path of the descriptor or keystore, followed by ", document 2" in a file of several descriptors.
	Name string
	// Place says in which file it was found.
	Place Place
	// Fingerprint is equal for candidates that hold the same key, encrypted in the same way, and claim the same. It is not
	// equal for others: a candidate that was loaded before, under whatever name, need not be loaded again.
	Fingerprint [sha256.Size]byte
	// PublicKey is what the file claims, or zero when it claims none, as a raw key does. It is proved only by Load.
	PublicKey messages.PublicKey
	// Memory is how many bytes Load needs for the key derivation, 0 for a raw key.
	Memory int64

	secret       []byte // of a raw descriptor; otherwise:
	keystore     *keystore.Keystore
	passwordFile string
}

// Load returns the secret key, which becomes the caller's: call it once. For a keystore it reads the password and decrypts,
// which may take seconds. Errors: [keystore.ErrPassword], [ErrWrongKey], a password file that cannot be read, a secret that
// is no BLS key. They do not repeat Name.
func (c Candidate) Load() (*bls.SecretKey, error) {
	if c.secret != nil {
		defer c.Discard()
		key, err := bls.NewSecretKey(c.secret)
		if err != nil {
			return nil, fmt.Errorf("privateKey: %w", err)
		}
		return key, nil
	}
	return c.open(forgetful{})
}

// Discard wipes what the candidate holds in the clear. Call it on one that will not be loaded.
func (c Candidate) Discard() { clear(c.secret) }

// fingerprint is the hash of all that decides which key a file holds.
func fingerprint(claim messages.PublicKey, text []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(claim[:])
	h.Write(text)
	return [sha256.Size]byte(h.Sum(nil))
}

// claimed returns the public key that a plain keystore claims by its text, its name (NAME.json) and its directory's name,
// which must agree as far as they say one.
func claimed(inside messages.PublicKey, path string) (messages.PublicKey, error) {
	claim := inside
	dir, file := filepath.Split(path)
	for _, name := range []string{strings.TrimSuffix(file, filepath.Ext(file)), filepath.Base(dir)} {
		key, ok := keyName(name)
		switch {
		case !ok:
		case claim == messages.PublicKey{}:
			claim = key
		case claim != key:
			return claim, fmt.Errorf("%w: it says %s, but its name or its directory's says %s", ErrWrongKey, claim, key)
		}
	}
	return claim, nil
}

// keyName reports the public key that a file or directory is named after.
func keyName(name string) (messages.PublicKey, bool) {
	key, err := messages.ParsePublicKey(name)
	return key, err == nil
}
