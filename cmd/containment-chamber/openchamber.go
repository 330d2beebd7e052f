package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/opening"
	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/state"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// credentialsFlags say which operators open the chamber, and where their passphrases are. Who has a YubiKey, the chamber
// knows.
type credentialsFlags struct {
	Operator   []string                  `placeholder:"NAME" help:"Operator who opens the chamber; once for each that the quorum needs. Those who have a YubiKey plug it in, for the program ykman."`
	Passphrase map[string]passphraseFlag `placeholder:"NAME=WHERE" mapsep:"none" help:"Where an operator's passphrase is: NAME=env:VAR or NAME=file:PATH; asked for at the terminal if absent."`
}

// check finds what is wrong with them before anything is opened.
func (f credentialsFlags) check() error {
	for name, where := range f.Passphrase {
		err := where.Validate()
		if !slices.Contains(f.Operator, name) {
			err = errors.New("this is none of --operator")
		}
		if err != nil {
			return &exitError{exitUsage, fmt.Errorf("--passphrase of %.64q: %w", name, err)}
		}
	}
	return nil
}

// openChamber opens the chamber that is configured, as a replica does, and returns the key for a purpose, which the caller
// wipes. Nothing is written.
func (j *job) openChamber(cfg *config.Config, flags credentialsFlags, purpose messages.KeyPurpose) (messages.DerivedKey, error) {
	if err := flags.check(); err != nil {
		return messages.DerivedKey{}, err
	}
	ctx, cancel := context.WithTimeout(j.ctx, toolPatience)
	defer cancel()
	stored, err := readChamber(ctx, cfg)
	if err != nil {
		return messages.DerivedKey{}, err
	}
	by := &openers{job: j, flags: flags}
	derived, err := opening.Derive(j.ctx, opening.Config{
		Stored: stored, Keys: newKeyRing(cfg.AWS), Operators: flags.Operator, Credential: by.credential,
	}, purpose)
	if errors.Is(err, messages.ErrMalformed) { // nobody was asked for anything yet
		err = &exitError{exitUsage, fmt.Errorf("--operator: %w", err)}
	}
	return derived, err
}

// openers are the operators who open a chamber, one after the other, at one terminal.
type openers struct {
	*job
	flags    credentialsFlags
	yubikeys int // that were asked
}

// credential gets the credential of one of them, who has a YubiKey if there is a challenge. The caller wipes it.
func (o *openers) credential(operator string, challenge []byte) (messages.Credential, error) {
	where := o.flags.Passphrase[operator]
	if len(challenge) == 0 {
		passphrase, err := o.obtain(wanted{
			flag: "passphrase of " + printable(operator), from: string(where), prompt: "Passphrase of " + printable(operator), exact: true,
		})
		return messages.Credential{Passphrase: passphrase}, err
	}
	if where != "" {
		return messages.Credential{}, &exitError{exitUsage, fmt.Errorf("--passphrase of %.64q: this operator has a YubiKey instead", operator)}
	}
	key, err := newYubikey(o.process)
	if err == nil {
		err = o.plugIn(operator)
	}
	if err != nil {
		return messages.Credential{}, err
	}
	response, err := key.respond(o.ctx, challenge)
	return messages.Credential{YubiKeyResponse: response}, err
}

// plugIn says whose YubiKey is asked, and waits for it when another's was before.
func (o *openers) plugIn(operator string) error {
	o.yubikeys++
	if o.yubikeys == 1 {
		_, err := fmt.Fprintf(o.stderr, "The YubiKey of %s is asked.\n", printable(operator))
		return err
	}
	nothing, err := o.askFor(wanted{prompt: "Plug in the YubiKey of " + printable(operator) + " instead, and press Enter"})
	clear(nothing) // it may be a passphrase all the same
	if err != nil {
		return fmt.Errorf("the YubiKey of %s, the second: %w", printable(operator), err)
	}
	return nil
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
