package quorum_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/seal/quorum"
	"containment-chamber/messages"
)

func TestSealUnderYubiKeyRefuses(t *testing.T) {
	for want, length := range map[string]struct{ challenge, response int }{
		"32 to 63 bytes, not 0":  {0, 20},
		"32 to 63 bytes, not 31": {31, 20},
		"32 to 63 bytes, not 64": {64, 20},
		"20 bytes, not 0":        {32, 0},
		"20 bytes, not 19":       {63, 19},
		"20 bytes, not 32":       {63, 32},
	} {
		c, err := quorum.SealUnderYubiKey(share, make([]byte, length.challenge), make([]byte, length.response), binding)
		if c.Sealed != nil || !errors.Is(err, messages.ErrMalformed) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %+v, %v", length, c, err)
		}
	}
}

func TestChallenges(t *testing.T) {
	challenge := quorum.NewChallenge()
	if len(challenge) != 32 || bytes.Equal(challenge, quorum.NewChallenge()) {
		t.Errorf("%x", challenge)
	}
	response := make([]byte, 20)
	c, err := quorum.SealUnderYubiKey(share, challenge, response, binding)
	if err != nil {
		t.Fatal(err)
	}
	clear(challenge) // it was not kept
	if bytes.Equal(c.Challenge, challenge) {
		t.Error("the caller's slice is stored")
	}
	got, err := c.OpenWithResponse(response, binding)
	wantShare(t, got, err)
}
