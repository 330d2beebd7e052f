package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"containment-chamber/messages"
)

const (
	// yubikeySlot is the one that is not programmed when a YubiKey leaves the factory.
	yubikeySlot = "2"
	// yubikeyResponse is the size of an HMAC-SHA-1, in bytes.
	yubikeyResponse = 20
	// yubikeyPatience is more than a YubiKey waits for its touch.
	yubikeyPatience = time.Minute
)

var errNoYkman = errors.New("YubiKeys need the program ykman: apt install yubikey-manager, dnf install yubikey-manager, or brew install ykman")

// yubikey answers challenges with the YubiKey that is plugged in. It remembers the last answer, since replicas of one
// chamber ask the same, and each answer may cost a touch.
type yubikey struct {
	ykman     string // the program
	env       []string
	stderr    io.Writer
	challenge []byte
	response  messages.Secret
}

func newYubikey(p process) (*yubikey, error) {
	ykman, err := exec.LookPath("ykman")
	if err != nil {
		return nil, &exitError{exitUsage, errNoYkman}
	}
	return &yubikey{ykman: ykman, env: p.env, stderr: p.stderr}, nil
}

// respond returns the 20 bytes of the response, which y owns.
func (y *yubikey) respond(ctx context.Context, challenge []byte) (messages.Secret, error) {
	if !y.response.Empty() && bytes.Equal(challenge, y.challenge) {
		return y.response, nil
	}
	ctx, cancel := context.WithTimeout(ctx, yubikeyPatience)
	defer cancel()
	response, err := y.calculate(ctx, challenge)
	if err != nil {
		return messages.Secret{}, err
	}
	y.wipe()
	y.challenge, y.response = challenge, messages.NewSecret(response)
	return y.response, nil
}

func (y *yubikey) wipe() { y.response.Wipe() }

// calculate runs "ykman otp calculate 2 CHALLENGE", which writes the response to standard output, in hexadecimal digits.
// What it says to standard error, it says to the user.
func (y *yubikey) calculate(ctx context.Context, challenge []byte) ([]byte, error) {
	command := exec.CommandContext(ctx, y.ykman, "otp", "calculate", yubikeySlot, hex.EncodeToString(challenge)) //nolint:gosec // PATH is the user's
	var printed bytes.Buffer
	printed.Grow(maxSecret) // so that no copy is left behind
	command.Env, command.Stdout, command.Stderr = y.env, &printed, y.stderr
	defer func() { clear(printed.Bytes()[:printed.Cap()]) }()
	fmt.Fprintln(y.stderr, "If the YubiKey blinks, touch it.")
	switch err := command.Run(); {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("ykman: the YubiKey did not answer in time; nothing was sent: %w", ctx.Err())
	case err != nil:
		return nil, fmt.Errorf("ykman: %w; is the YubiKey plugged in, and slot %s programmed (ykman otp chalresp --generate %s)?", err, yubikeySlot, yubikeySlot)
	}
	// Old versions write the request to touch the key before it.
	lines := bytes.Fields(printed.Bytes())
	response := make([]byte, yubikeyResponse)
	if len(lines) == 0 || len(lines[len(lines)-1]) != hex.EncodedLen(yubikeyResponse) {
		return nil, errNoResponse()
	}
	if _, err := hex.Decode(response, lines[len(lines)-1]); err != nil {
		clear(response)
		return nil, errNoResponse() // the error of hex names a digit of it
	}
	return response, nil
}

func errNoResponse() error {
	return fmt.Errorf("ykman: what it wrote does not end with a response of %d hexadecimal digits", hex.EncodedLen(yubikeyResponse))
}
