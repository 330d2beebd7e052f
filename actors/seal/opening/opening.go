// Package opening opens a chamber outside of the seal's actor: for tools that need a key which comes from the master key,
// whether a signer runs or not. It is what a replica does when it is opened, without writing anything.
//
// # What it guarantees
//
//   - It opens what the seal would open by the same credentials, and nothing else. A chamber that somebody has sealed is
//     refused until its operators have opened it again, in a signer.
//   - The record is authenticated, and the master key verified, before anything is derived from it.
//   - What is left in the end is the derived key: everything else is wiped, however it ends.
//
// # Decisions
//
// Key-encryption keys are asked at the same time, since one of them that is away would otherwise cost its whole timeout
// at each opening. They are at most 32, and each call has its own limit (package kek). The goroutines are no actors, for a
// leaf knows none: they end before the function that has begun them does, and a panic in one is passed on to the job.
//
// Nobody counts attempts here, as the guard of a signer does. Whoever has the record, and may use the key-encryption keys,
// can try as often as Argon2id lets him anyway.
package opening

import (
	"context"
	"fmt"
	"strings"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// Keys opens key-encryption keys. Its implementation is kek.Ring.
type Keys interface {
	Open(context.Context, kek.Reference) (kek.Key, error)
}

var _ Keys = (*kek.Ring)(nil)

// Config says what to open, and with what.
type Config struct {
	Stored record.Stored
	Keys   Keys
	// Operators are those who open a quorum, as many as it needs.
	Operators []string
	// Credential returns how an operator proves who it is: a passphrase, or the answer to the challenge if there is one.
	// It is wiped here.
	Credential func(operator string, challenge []byte) (messages.Credential, error)
}

// Derive opens the chamber and returns the key for a purpose, which becomes the caller's. Errors wrap
// [messages.ErrWrongState], [messages.ErrSealed], [messages.ErrMalformed] (the operators are not those who are needed),
// [messages.ErrWrongCredential], [messages.ErrKMSUnavailable], [messages.ErrKMSRefused], [messages.ErrStateRefused].
func Derive(ctx context.Context, cfg Config, purpose messages.KeyPurpose) (messages.DerivedKey, error) {
	r := cfg.Stored.Record
	if err := cfg.check(); err != nil {
		return messages.DerivedKey{}, err
	}
	arena := &secmem.Arena{}
	var secrets [3]*secmem.Secret
	for i := range secrets {
		var err error
		if secrets[i], err = arena.New(); err != nil {
			return messages.DerivedKey{}, err
		}
	}
	master, state, derived := secrets[0], secrets[1], secrets[2]
	defer master.Wipe()
	defer state.Wipe()
	if err := cfg.open(ctx, master); err != nil {
		return messages.DerivedKey{}, err
	}
	record.Derive(r.Chamber, master, state, messages.PurposeSignerState)
	if err := cfg.Stored.Authentic(state); err != nil {
		return messages.DerivedKey{}, err
	}
	record.Derive(r.Chamber, master, derived, purpose)
	return messages.DerivedKey{Key: derived, ChamberID: r.Chamber.String(), Generation: r.Generation}, nil
}

// check says why the chamber cannot be opened so.
func (cfg *Config) check() error {
	r := cfg.Stored.Record
	switch {
	case r.Stage == record.Registering:
		return fmt.Errorf("%w: the chamber is %s: all its operators must register first", messages.ErrWrongState, messages.StateAwaitingRegistration)
	case r.Stage != record.Ready:
		return fmt.Errorf("%w: the chamber is %s: it has no master key that could be opened", messages.ErrWrongState, r.Stage)
	case cfg.Stored.Marked():
		return fmt.Errorf("%w: somebody has sealed the chamber: its operators must unseal a signer first", messages.ErrSealed)
	case r.Set.Quorum == nil && len(cfg.Operators) > 0:
		return fmt.Errorf("%w: the chamber opens without operators", messages.ErrMalformed)
	case r.Set.Quorum != nil && len(cfg.Operators) != r.Set.Quorum.Threshold:
		return fmt.Errorf("%w: the chamber opens with %d of %s, and %d are named", messages.ErrMalformed, r.Set.Quorum.Threshold, names(r.Set.Quorum), len(cfg.Operators))
	}
	seen := map[string]bool{}
	for _, name := range cfg.Operators {
		if r.Set.Find(name) < 0 || seen[name] {
			return fmt.Errorf("%w: %.100q is not an operator of this chamber, or is named twice", messages.ErrMalformed, name)
		}
		seen[name] = true
	}
	return nil
}

func names(q *record.QuorumLayer) string {
	all := make([]string, len(q.Operators))
	for i, o := range q.Operators {
		all[i] = o.Name
	}
	return strings.Join(all, ", ")
}

// open writes the master key.
func (cfg *Config) open(ctx context.Context, master *secmem.Secret) error {
	r := cfg.Stored.Record
	set := r.Set
	var outer [][]byte
	if set.KMS != nil {
		var err error
		if outer, err = Unwrap(ctx, cfg.Keys, r, set); err != nil {
			return err
		}
		defer Wipe(outer)
	}
	if set.Quorum == nil {
		return r.OpenByKMS(set, outer, master)
	}
	inner, err := r.Peel(set, outer)
	if err != nil {
		return err
	}
	shares, err := cfg.shares()
	defer Wipe(shares)
	if err != nil {
		return err
	}
	return r.OpenByQuorum(set, inner, shares, master)
}

// shares opens the shares of the operators. The caller wipes them, also after an error.
func (cfg *Config) shares() ([][]byte, error) {
	var shares [][]byte
	r := cfg.Stored.Record
	for _, name := range cfg.Operators {
		index := r.Set.Find(name)
		credential, err := cfg.Credential(name, r.Set.Quorum.Operators[index].Credential.Challenge)
		if err != nil {
			return shares, err
		}
		share, err := r.Share(r.Set, index, credential)
		credential.Wipe()
		if err != nil {
			return shares, err
		}
		shares = append(shares, share)
	}
	return shares, nil
}
