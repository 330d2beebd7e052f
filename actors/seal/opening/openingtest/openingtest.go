// Package openingtest makes chambers for tests of whoever opens one.
//
// # Decisions
//
// A chamber is made by the functions that the seal uses, with key-encryption keys in real files, and not by a seal: a
// record is all that is needed, and whatever state it is to be in is a function of one.
package openingtest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// Config says what is to open the chamber. Key-encryption keys are in files of a directory.
type Config struct {
	Dir                string
	KMS, KMSThreshold  int
	Operators          []string
	Quorum             int
	Credential         func(operator string) messages.Credential
	Change             func(record.Record) record.Record // before it is stored; optional
	NotOpened, Pending bool                              // that it was never open, or that nobody has registered
}

// Chamber is a chamber that was opened once.
type Chamber struct {
	// Body is the seal record, as it is stored.
	Body   []byte
	Record record.Record

	arena  secmem.Arena
	master *secmem.Secret
}

// New makes a chamber.
func New(t testing.TB, cfg Config) *Chamber {
	t.Helper()
	c := &Chamber{}
	c.master = c.place(t)
	plan := messages.KeyPlan{KMSThreshold: cfg.KMSThreshold, Operators: cfg.Operators, Quorum: cfg.Quorum, AllowSingleOperator: true}
	for i := range cfg.KMS {
		path := filepath.Join(cfg.Dir, fmt.Sprintf("kek-%d", i))
		must(t, kek.WriteFile(path))
		plan.KMS = append(plan.KMS, "file:"+path)
	}
	r, draft, err := record.New(plan, c.master)
	must(t, err)
	defer draft.Wipe()
	wrap(t, r, draft)
	r.Set = &draft.Set
	for _, token := range draft.Tokens {
		if cfg.Pending {
			break
		}
		r, err = r.Register(messages.RegisterOperator{Operator: token.Operator, Token: token.Token, Credential: cfg.Credential(token.Operator)})
		must(t, err)
	}
	if !cfg.NotOpened && !cfg.Pending {
		r = r.Open()
	}
	if cfg.Change != nil {
		r = cfg.Change(r)
	}
	c.Record = r
	var key *secmem.Secret
	if r.Opened {
		key = c.place(t)
		record.Derive(r.Chamber, c.master, key, messages.PurposeSignerState)
	}
	c.Body, err = record.Encode(r, key)
	must(t, err)
	return c
}

func wrap(t testing.TB, r record.Record, draft *record.Draft) {
	t.Helper()
	ring := kek.NewRing(kek.Config{})
	for i, share := range draft.Outer {
		entry := &draft.Set.KMS.Shares[i]
		reference, err := kek.Parse(entry.Reference)
		must(t, err)
		key, err := ring.Open(context.Background(), reference)
		must(t, err)
		entry.Wrapped, err = key.Wrap(context.Background(), share, r.Binding(i))
		must(t, err)
	}
}

// Derived returns the chamber's key for a purpose.
func (c *Chamber) Derived(t testing.TB, purpose messages.KeyPurpose) messages.DerivedKey {
	t.Helper()
	key := c.place(t)
	record.Derive(c.Record.Chamber, c.master, key, purpose)
	return messages.DerivedKey{Key: key, ChamberID: c.Record.Chamber.String(), Generation: c.Record.Generation}
}

func (c *Chamber) place(t testing.TB) *secmem.Secret {
	t.Helper()
	s, err := c.arena.New()
	must(t, err)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
