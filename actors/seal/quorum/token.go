package quorum

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"

	"containment-chamber/actors/box"
	"containment-chamber/actors/secmem"
)

const (
	tokenPrefix = "cc-register-"
	tokenSize   = 32
	alphabet    = "abcdefghijklmnopqrstuvwxyz234567"
)

// Token is a registration token: 256 random bits, which seal one operator's share until he has registered.
type Token struct{ secret [tokenSize]byte }

// NewToken makes a token.
func NewToken() *Token {
	t := new(Token)
	_, _ = rand.Read(t.secret[:]) // never fails: it crashes the process first
	return t
}

// ParseToken reads what Reveal wrote, to the letter. What is none is [ErrWrongCredential]: nobody who asks with it has a
// right one. The text stays the caller's to wipe.
func ParseToken(text []byte) (*Token, error) {
	t := new(Token)
	decoded := make([]byte, len(text))
	defer clear(decoded)
	if len(text) > len(tokenPrefix) {
		_, _ = encoding().Decode(decoded, text[len(tokenPrefix):]) // what it could not read shows below
	}
	copy(t.secret[:], decoded)
	again := t.Reveal()
	defer clear(again)
	if subtle.ConstantTimeCompare(again, text) != 1 {
		t.Wipe()
		return nil, fmt.Errorf("%w: a registration token is cc-register- and 52 characters", ErrWrongCredential)
	}
	return t, nil
}

// Reveal returns the token as text: cc-register- and 52 characters of a-z and 2-7. The caller wipes it.
func (t *Token) Reveal() []byte {
	text := make([]byte, 0, len(tokenPrefix)+encoding().EncodedLen(tokenSize))
	return encoding().AppendEncode(append(text, tokenPrefix...), t.secret[:])
}

// Wipe overwrites the token with zeros.
func (t *Token) Wipe() { clear(t.secret[:]) }

// Format writes "[secret]" for every verb and flag.
func (*Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }

func encoding() *base32.Encoding { return base32.NewEncoding(alphabet).WithPadding(base32.NoPadding) }

// SealUnderToken seals a share of 1 to 1024 bytes.
func SealUnderToken(share []byte, t *Token, b Binding) (c Credential) {
	secmem.Do(func() {
		c = Credential{Kind: Registration, Salt: box.Random(saltSize)}
		c = c.sealed(derive(t.secret[:], c.Salt, Registration), share, b)
	})
	return c
}

// OpenWithToken returns the share. The caller wipes it.
func (c Credential) OpenWithToken(t *Token, b Binding) (share []byte, err error) {
	if err := c.check(Registration); err != nil {
		return nil, err
	}
	secmem.Do(func() { share, err = c.open(derive(t.secret[:], c.Salt, Registration), b) })
	return share, err
}
