package quorum

import (
	"fmt"

	"containment-chamber/actors/box"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

const (
	minChallenge, maxChallenge = 32, 63 // a YubiKey takes up to 64, and pads: 64 would be read differently
	responseSize               = 20     // of HMAC-SHA-1
)

// NewChallenge makes a challenge for an operator who registers a YubiKey. It is no secret.
func NewChallenge() []byte { return box.Random(minChallenge) }

// SealUnderYubiKey seals a share of 1 to 1024 bytes under the response to a challenge of 32 to 63 bytes. The error wraps
// [messages.ErrMalformed], and says which of the two is none.
func SealUnderYubiKey(share, challenge, response []byte, b Binding) (c Credential, err error) {
	if err := checkChallenge(challenge); err != nil {
		return Credential{}, err
	}
	if len(response) != responseSize {
		return Credential{}, fmt.Errorf("%w: a YubiKey's response is of %d bytes, not %d", messages.ErrMalformed, responseSize, len(response))
	}
	secmem.Do(func() {
		c = Credential{Kind: YubiKey, Salt: box.Random(saltSize), Challenge: append([]byte(nil), challenge...)}
		c = c.sealed(derive(response, c.Salt, YubiKey), share, b)
	})
	return c, nil
}

// OpenWithResponse returns the share for the response to c.Challenge. The caller wipes it.
func (c Credential) OpenWithResponse(response []byte, b Binding) (share []byte, err error) {
	if c, err = c.ofKind(YubiKey); err != nil {
		return nil, err
	}
	if len(response) != responseSize {
		return nil, fmt.Errorf("%w: a YubiKey's response is of %d bytes, not %d", ErrWrongCredential, responseSize, len(response))
	}
	secmem.Do(func() { share, err = c.open(derive(response, c.Salt, YubiKey), b) })
	return share, err
}

func checkChallenge(challenge []byte) error {
	if len(challenge) < minChallenge || len(challenge) > maxChallenge {
		return fmt.Errorf("%w: a challenge is of %d to %d bytes, not %d", messages.ErrMalformed, minChallenge, maxChallenge, len(challenge))
	}
	return nil
}
