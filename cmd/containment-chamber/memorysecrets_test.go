//go:build goexperiment.runtimesecret && linux && (amd64 || arm64)

package main_test

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/opening"
	sealrecord "containment-chamber/actors/seal/record"
	"containment-chamber/actors/seal/shamir"
	"containment-chamber/actors/secmem"
	"containment-chamber/actors/state"
	program "containment-chamber/cmd/containment-chamber"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// rebuilt opens the chamber from outside. It returns what only serves to open it, and what a signer keeps while it is open:
// the master key, and what comes from it.
func (c custodians) rebuilt(phrases secrets) (s, kept secrets) {
	c.Helper()
	r := c.storedRecord().Record
	s = secrets{}
	keks, err := opening.Unwrap(c.Context(), kek.NewRing(kek.Config{}), r, r.Set)
	if err != nil {
		c.Fatal(err)
	}
	for i, share := range keks {
		s["share of a key-encryption key "+strconv.Itoa(i)] = share[:32]
	}
	inner, err := r.Peel(r.Set, keks)
	if err != nil {
		c.Fatal(err)
	}
	var shares [][]byte
	for i, o := range r.Set.Quorum.Operators {
		share, err := r.Share(r.Set, i, messages.Credential{Passphrase: messages.NewSecret(phrases["passphrase of "+o.Name])})
		if err != nil {
			c.Fatal(err)
		}
		s["share of "+o.Name], shares = share[:32], append(shares, share)
	}
	for name, parts := range map[string][][]byte{"outer key": keks, "unseal key": shares[:r.Set.Quorum.Threshold]} {
		if s[name], err = shamir.Combine(parts); err != nil {
			c.Fatal(err)
		}
	}
	master, err := new(secmem.Arena).New()
	if err != nil {
		c.Fatal(err)
	}
	if err := r.OpenByQuorum(r.Set, inner, shares[:r.Set.Quorum.Threshold], master); err != nil {
		c.Fatal(err)
	}
	return s, derived(c.T, r, master)
}

// derived is the master key, and what comes from it.
func derived(t *testing.T, r sealrecord.Record, master *secmem.Secret) secrets {
	t.Helper()
	bytesOf := func(k *secmem.Secret) (b []byte) {
		k.Use(func(key *[32]byte) { b = slices.Clone(key[:]) })
		return b
	}
	s := secrets{"master key": bytesOf(master)}
	for _, purpose := range []messages.KeyPurpose{messages.PurposeSignerState, messages.PurposeTokens, messages.PurposeValidatorKeys} {
		key, err := new(secmem.Arena).New()
		if err != nil {
			t.Fatal(err)
		}
		sealrecord.Derive(r.Chamber, master, key, purpose)
		s["key for "+string(purpose)] = bytesOf(key)
	}
	return s
}

func (c custodians) storedRecord() sealrecord.Stored {
	c.Helper()
	cfg, err := config.Load(config.Options{Flags: map[string]string{
		"signer-state-backend": "sqlite", "signer-state-path": filepath.Join(c.dir, "state.sqlite"),
	}})
	if err != nil {
		c.Fatal(err)
	}
	store, err := program.OpenState(context.Background(), cfg)
	if err != nil {
		c.Fatal(err)
	}
	defer store.Close()
	records, err := store.Read(context.Background())
	if err != nil {
		c.Fatal(err)
	}
	i := slices.IndexFunc(records, func(r state.Record) bool { return r.Name == state.Seal })
	stored, err := sealrecord.Decode(records[i].Body)
	if err != nil {
		c.Fatal(err)
	}
	return stored
}

// validatorKey is the secret of devnetKeystore, as the standard writes it and as the library for BLS does.
func validatorKey() secrets {
	key := program.InteropSecret(0)
	turned := slices.Clone(key)
	slices.Reverse(turned)
	return secrets{"validator's key": key, "validator's key, turned round": turned}
}
