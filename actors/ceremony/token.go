package ceremony

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"containment-chamber/messages"
)

const (
	setupPrefix = "cc-setup-"
	codePrefix  = "cc-code-"
	// codeLife is how long a one-time code is good for: somebody has to find it in the log.
	codeLife = 10 * time.Minute
)

// oneTime is a token that was shown in the log: of it, only a hash is kept. The zero value fits nothing.
type oneTime struct {
	known   bool
	hash    [sha256.Size]byte
	expires time.Time // zero for never
}

// newOneTime makes a token of 256 random bits, and shows it.
func newOneTime(prefix string, show func(string)) oneTime {
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails: it crashes the process first
	text := prefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random[:]))
	clear(random[:])
	show(text)
	return oneTime{known: true, hash: sha256.Sum256([]byte(text))}
}

// fits compares in constant time. The error names what is missing or wrong.
func (o oneTime) fits(token messages.Secret, name string, now time.Time) error {
	fits := 0
	token.Use(func(b []byte) {
		hash := sha256.Sum256(b)
		fits = subtle.ConstantTimeCompare(hash[:], o.hash[:])
	})
	switch {
	case token.Empty():
		return fmt.Errorf("%w: the %s is missing; it is in the signer's log", messages.ErrUnauthorized, name)
	case !o.valid(now) || fits != 1:
		return fmt.Errorf("%w: this is not the %s of this process; see its log", messages.ErrUnauthorized, name)
	}
	return nil
}

func (o oneTime) valid(now time.Time) bool {
	return o.known && (o.expires.IsZero() || now.Before(o.expires))
}
