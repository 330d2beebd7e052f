package record_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"

	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// chamber is a record, and what the world around it knows: the tokens, and what the key-encryption keys would unwrap.
type chamber struct {
	t       failer
	record  record.Record
	arena   *secmem.Arena
	master  *secmem.Secret
	tokens  map[string]messages.Secret
	wrapped map[string][]byte // ciphertext to share
}

func fresh(arena *secmem.Arena) *secmem.Secret {
	s, err := arena.New()
	if err != nil {
		panic("test: no memory")
	}
	return s
}

func newChamber(t failer, plan messages.KeyPlan) *chamber {
	t.Helper()
	c := &chamber{t: t, arena: &secmem.Arena{}, tokens: map[string]messages.Secret{}, wrapped: map[string][]byte{}}
	c.master = fresh(c.arena)
	r, draft, err := record.New(plan, c.master)
	if err != nil {
		t.Fatal(err)
	}
	c.record = r
	set := c.wrap(draft)
	c.record.Set = &set
	return c
}

// wrap does what the key-encryption keys would: a share becomes a ciphertext that tells nothing of it.
func (c *chamber) wrap(d *record.Draft) record.Set {
	for i, share := range d.Outer {
		ciphertext := sha256.Sum256(append(fmt.Append(nil, i), share...))
		sealed := append(ciphertext[:], 0)
		c.wrapped[string(sealed)] = bytes.Clone(share)
		d.Set.KMS.Shares[i].Wrapped = sealed
	}
	for _, token := range d.Tokens {
		c.tokens[token.Operator] = token.Token
	}
	d.Wipe()
	return d.Set
}

// outer unwraps some shares of a set.
func (c *chamber) outer(s *record.Set, indexes ...int) [][]byte {
	c.t.Helper()
	var shares [][]byte
	for _, i := range indexes {
		share := c.wrapped[string(s.KMS.Shares[i].Wrapped)]
		if err := c.record.CheckOuter(s, i, share); err != nil {
			c.t.Fatal(err)
		}
		shares = append(shares, share)
	}
	return shares
}

// response is what an operator's YubiKey answers to everything.
func response(operator string) messages.Credential {
	sum := sha256.Sum256([]byte(operator))
	return messages.Credential{YubiKeyResponse: messages.NewSecret(sum[:20])}
}

func (c *chamber) register(operators ...string) {
	c.t.Helper()
	for _, name := range operators {
		next, err := c.record.Register(messages.RegisterOperator{Operator: name, Token: c.tokens[name], Credential: response(name)})
		if err != nil {
			c.t.Fatal(name, err)
		}
		c.record = next
	}
}

// shares opens the shares of some operators of the set in force.
func (c *chamber) shares(operators ...string) [][]byte {
	c.t.Helper()
	var out [][]byte
	for _, name := range operators {
		share, err := c.record.Share(c.record.Set, c.record.Set.Find(name), response(name))
		if err != nil {
			c.t.Fatal(name, err)
		}
		out = append(out, share)
	}
	return out
}

// open opens the set in force with the given shares, and returns the master key.
func (c *chamber) open(references []int, operators []string) (*secmem.Secret, error) {
	c.t.Helper()
	var outer [][]byte
	set, into := c.record.Set, fresh(c.arena)
	if set.KMS != nil {
		outer = c.outer(set, references...)
	}
	if set.Quorum == nil {
		return into, c.record.OpenByKMS(set, outer, into)
	}
	inner, err := c.record.Peel(set, outer)
	if err != nil {
		return into, err
	}
	return into, c.record.OpenByQuorum(set, inner, c.shares(operators...), into)
}

func content(s *secmem.Secret) (out []byte) {
	s.Use(func(b *[32]byte) { out = bytes.Clone(b[:]) })
	return out
}

// opens fails unless the set in force gives the chamber's master key.
func (c *chamber) opens(references []int, operators []string) {
	c.t.Helper()
	master, err := c.open(references, operators)
	if err != nil {
		c.t.Fatal(err)
	}
	if !bytes.Equal(content(master), content(c.master)) {
		c.t.Fatal("another master key")
	}
}

func references(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("file:/keys/%d", i))
	}
	return out
}

func operators(n int) []string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("operator-%d", i))
	}
	return out
}

func plan(kms, kmsThreshold, people, quorum int) messages.KeyPlan {
	return messages.KeyPlan{KMS: references(kms), KMSThreshold: kmsThreshold, Operators: operators(people), Quorum: quorum, AllowSingleOperator: true}
}

func everybody(s *record.Set) (references []int, names []string) {
	if s.KMS != nil {
		for i := range s.KMS.Shares {
			references = append(references, i)
		}
	}
	if s.Quorum != nil {
		for _, o := range s.Quorum.Operators {
			names = append(names, o.Name)
		}
	}
	return references, slices.Clip(names)
}
