package record_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

var at = time.Unix(1_800_000_000, 0)

// TestRotateQuorum: the old set opens until the last operator of the new one has registered, and never again thereafter.
func TestRotateQuorum(t *testing.T) {
	c := newChamber(t, plan(2, 1, 3, 2))
	c.register(operators(3)...)
	draft, err := c.record.Renew(plan(2, 2, 2, 2), c.master)
	if err != nil {
		t.Fatal(err)
	}
	before := c.record
	c.record = c.record.Propose(c.wrap(draft), messages.CeremonyRotateQuorum)
	for _, name := range operators(2) {
		c.opens([]int{0}, []string{"operator-1", "operator-2"})
		if c.record.Commit().Generation != before.Generation {
			t.Fatal("a set that is not complete was put in force")
		}
		c.register(name)
	}
	c.opens([]int{1}, []string{"operator-0", "operator-1"}) // still the old set
	aborted := c.record.Abort()
	if aborted.Next != nil || aborted.Set != before.Set || aborted.Serial <= c.record.Serial {
		t.Errorf("aborted: %+v", aborted)
	}
	c.record = c.record.Commit()
	if c.record.Generation != 2 || c.record.Set.Quorum.Generation != 2 || c.record.Next != nil {
		t.Fatalf("%+v", c.record)
	}
	c.opens([]int{0, 1}, operators(2))
	if err := before.Follows(c.record); err != nil {
		t.Error(err)
	}
	if err := c.record.Follows(before); !errors.Is(err, record.ErrOlder) {
		t.Error(err)
	}
}

// TestRotateKMS replaces the key-encryption keys alone: the operators do nothing, and their shares are good.
func TestRotateKMS(t *testing.T) {
	c := newChamber(t, plan(2, 2, 3, 2))
	c.register(operators(3)...)
	inner, err := c.record.Peel(c.record.Set, c.outer(c.record.Set, 0, 1))
	if err != nil {
		t.Fatal(err)
	}
	old := c.record.Set
	c.record = c.record.Replace(c.wrap(c.record.Rewrap(plan(3, 2, 0, 0), inner)))
	if c.record.Generation != 2 || c.record.Set.KMS.Generation != 2 || c.record.Set.Quorum.Generation != 1 {
		t.Fatalf("%+v", c.record.Set)
	}
	c.opens([]int{0, 2}, []string{"operator-0", "operator-2"})
	if err := c.record.CheckOuter(c.record.Set, 0, c.wrapped[string(old.KMS.Shares[0].Wrapped)]); !errors.Is(err, record.ErrShare) {
		t.Errorf("a share of the old generation: %v", err)
	}
}

// TestRotateMode goes through all modes, back and forth.
func TestRotateMode(t *testing.T) {
	c := newChamber(t, plan(2, 1, 0, 0))
	for _, p := range []messages.KeyPlan{plan(2, 2, 2, 1), plan(0, 0, 2, 2), plan(1, 1, 0, 0), plan(0, 0, 1, 1), plan(3, 3, 3, 3), plan(3, 2, 0, 0)} {
		draft, err := c.record.Renew(p, c.master)
		if err != nil {
			t.Fatal(err)
		}
		if set := c.wrap(draft); len(p.Operators) == 0 {
			c.record = c.record.Replace(set)
		} else {
			c.record = c.record.Propose(set, messages.CeremonyRotateMode)
			c.register(p.Operators...)
			c.record = c.record.Commit()
		}
		all, names := everybody(c.record.Set)
		c.opens(all[:p.KMSThreshold], names[:p.Quorum])
	}
	if c.record.Generation != 7 {
		t.Errorf("generation %d", c.record.Generation)
	}
}

// TestRenewNoticesAWipedKey: a chamber that is sealed while a rotation is under way must not get shares of zeros.
func TestRenewNoticesAWipedKey(t *testing.T) {
	c := newChamber(t, plan(2, 1, 0, 0))
	c.master.Wipe()
	if draft, err := c.record.Renew(plan(2, 1, 2, 2), c.master); !errors.Is(err, record.ErrMaster) || draft != nil {
		t.Errorf("%v, %v", draft, err)
	}
}

func TestManagementToken(t *testing.T) {
	c := newChamber(t, plan(1, 1, 0, 0))
	key := fresh(c.arena)
	record.Derive(c.record.Chamber, c.master, key, messages.PurposeTokens)
	if _, err := c.record.CheckToken(key, nil); !errors.Is(err, messages.ErrUnauthorized) {
		t.Errorf("there is none: %v", err)
	}
	with, text := c.record.Issue(key, "alice", at)
	if !regexp.MustCompile(`^cc_token_[a-z2-7]{16}_[a-z2-7]{52}$`).Match(text) || !strings.Contains(string(text), with.Management.ID) {
		t.Errorf("%s, id %s", text, with.Management.ID)
	}
	if id, err := with.CheckSealToken(text); err != nil || id != with.Management.ID {
		t.Errorf("to seal: %q, %v", id, err)
	}
	elsewhere := with
	elsewhere.Chamber[0] ^= 1
	for name, no := range map[string]func() (string, error){
		"no token":        func() (string, error) { return with.CheckSealToken(nil) },
		"another":         func() (string, error) { return with.CheckSealToken(append([]byte("x"), text...)) },
		"another chamber": func() (string, error) { return elsewhere.CheckSealToken(text) },
		"none was made":   func() (string, error) { return record.Record{}.CheckSealToken(nil) },
	} {
		if id, err := no(); !errors.Is(err, messages.ErrUnauthorized) || id != "" {
			t.Errorf("to seal, %s: %q, %v", name, id, err)
		}
	}
	if id, err := with.CheckToken(key, text); err != nil || id != with.Management.ID {
		t.Errorf("%s, %v", id, err)
	}
	another, _ := with.Issue(key, "bob", at)
	for name, check := range map[string]func() (string, error){
		"replaced":    func() (string, error) { return another.CheckToken(key, text) },
		"cut off":     func() (string, error) { return with.CheckToken(key, text[:len(text)-1]) },
		"another key": func() (string, error) { return with.CheckToken(fresh(c.arena), text) },
		"nothing":     func() (string, error) { return with.CheckToken(key, nil) },
	} {
		if _, err := check(); !errors.Is(err, messages.ErrUnauthorized) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDerivedKeysDiffer(t *testing.T) {
	c, other := newChamber(t, plan(1, 1, 0, 0)), newChamber(t, plan(1, 1, 0, 0))
	seen := map[string]bool{string(content(c.master)): true, string(c.record.Verifier): true}
	for _, purpose := range []messages.KeyPurpose{messages.PurposeValidatorKeys, messages.PurposeSlashingRows, messages.PurposeSignerState, messages.PurposeTokens} {
		for _, id := range []record.ID{c.record.Chamber, other.record.Chamber} {
			key := fresh(c.arena)
			record.Derive(id, c.master, key, purpose)
			if seen[string(content(key))] {
				t.Errorf("%s is not a key of its own", purpose)
			}
			seen[string(content(key))] = true
		}
	}
}
