package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"golang.org/x/term"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/opening"
	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/state"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// credentialsFlags say which operators open the chamber, and where their passphrases are.
type credentialsFlags struct {
	Operator   []string          `placeholder:"NAME" help:"Operator who opens the chamber; once for each that the quorum needs."`
	Passphrase map[string]string `placeholder:"NAME=WHERE" mapsep:"none" help:"Where an operator's passphrase is: NAME=env:VAR or NAME=file:PATH; asked for at the terminal if absent."`
}

// openChamber opens the chamber that is configured, as a replica does, and returns the key for a purpose, which the caller
// wipes. Nothing is written.
func (j *job) openChamber(cfg *config.Config, flags credentialsFlags, purpose messages.KeyPurpose) (messages.DerivedKey, error) {
	for name, where := range flags.Passphrase {
		if !strings.HasPrefix(where, "env:") && !strings.HasPrefix(where, "file:") {
			return messages.DerivedKey{}, &exitError{exitUsage, fmt.Errorf("--passphrase: of %.64q: everybody on this machine would see it: give env:NAME or file:PATH", name)}
		}
	}
	ctx, cancel := context.WithTimeout(j.ctx, toolPatience)
	defer cancel()
	stored, err := readChamber(ctx, cfg)
	if err != nil {
		return messages.DerivedKey{}, err
	}
	return opening.Derive(j.ctx, opening.Config{
		Stored: stored, Keys: newKeyRing(cfg.AWS), Operators: flags.Operator,
		Credential: func(operator string, challenge []byte) (messages.Credential, error) {
			if len(challenge) > 0 {
				return messages.Credential{}, fmt.Errorf("%w: operator %s has a YubiKey, which cannot be used here: name another operator", messages.ErrMalformed, operator)
			}
			passphrase, err := j.passphraseOf(operator, flags.Passphrase[operator])
			return messages.Credential{Passphrase: passphrase}, err
		},
	}, purpose)
}

// readChamber reads the seal record.
func readChamber(ctx context.Context, cfg *config.Config) (stored record.Stored, err error) {
	store, err := openState(ctx, cfg)
	if err != nil {
		return record.Stored{}, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	records, err := store.Read(ctx)
	if err != nil {
		return record.Stored{}, err
	}
	for _, r := range records {
		if r.Name == state.Seal {
			return record.Decode(r.Body)
		}
	}
	return record.Stored{}, fmt.Errorf("%w: the chamber is uninitialized: initialise it in a signer first", messages.ErrWrongState)
}

// newKeyRing opens key-encryption keys.
func newKeyRing(cfg config.AWS) *kek.Ring {
	return kek.NewRing(kek.Config{
		Endpoint: cfg.EndpointURL,
		LoadAWS: func(ctx context.Context, region string) (aws.Config, error) {
			if cfg.Region != "" {
				region = cfg.Region
			}
			return awsConfig(ctx, config.AWS{Region: region})
		},
	})
}

// passphraseOf gets an operator's passphrase, which the caller wipes.
func (j *job) passphraseOf(operator, where string) (messages.Secret, error) {
	if where == "" {
		return askPassphrase("Passphrase of " + operator)
	}
	name, isVariable := strings.CutPrefix(where, "env:")
	if isVariable {
		for _, pair := range j.env {
			if value, ok := strings.CutPrefix(pair, name+"="); ok {
				return messages.NewSecret([]byte(value)), nil
			}
		}
		return messages.Secret{}, fmt.Errorf("--passphrase: the variable %s is not set", name)
	}
	text, err := os.ReadFile(strings.TrimPrefix(where, "file:"))
	if err != nil {
		return messages.Secret{}, fmt.Errorf("--passphrase: %w", err)
	}
	return messages.NewSecret(bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))), nil
}

// askPassphrase asks at the terminal, without echo, whatever standard input and output are.
func askPassphrase(prompt string) (messages.Secret, error) {
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return messages.Secret{}, errors.New("there is no terminal to ask for a passphrase: give --passphrase NAME=env:VAR or NAME=file:PATH")
	}
	defer terminal.Close()
	fmt.Fprintf(terminal, "%s: ", prompt)
	text, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(terminal)
	return messages.NewSecret(text), err
}
