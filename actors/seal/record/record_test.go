package record_test

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// TestEveryThresholdOpens makes chambers of every shape, and opens each with some of those who may, and with too few.
func TestEveryThresholdOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kms := rapid.IntRange(0, 4).Draw(t, "kms")
		people := rapid.IntRange(0, 4).Draw(t, "people")
		if kms == 0 && people == 0 {
			kms = 1
		}
		threshold := func(n int, name string) int {
			if n == 0 {
				return 0
			}
			return rapid.IntRange(1, n).Draw(t, name)
		}
		p := plan(kms, threshold(kms, "kms threshold"), people, threshold(people, "quorum"))
		c := newChamber(t, p)
		c.register(rapid.Permutation(p.Operators).Draw(t, "order")...)
		if c.record.Stage != record.Ready {
			t.Fatalf("all have registered, and it is %s", c.record.Stage)
		}
		all, names := everybody(c.record.Set)
		all, names = rapid.Permutation(all).Draw(t, "references"), rapid.Permutation(names).Draw(t, "operators")
		c.opens(all[:p.KMSThreshold], names[:p.Quorum])
		if p.KMSThreshold > 1 {
			if _, err := c.open(all[:p.KMSThreshold-1], names[:p.Quorum]); !errors.Is(err, record.ErrShare) {
				t.Fatalf("too few key-encryption keys: %v", err)
			}
		}
		if p.Quorum > 1 {
			master, err := c.open(all[:p.KMSThreshold], names[:p.Quorum-1])
			if !errors.Is(err, record.ErrShare) || !bytes.Equal(content(master), make([]byte, 32)) {
				t.Fatalf("too few operators: %v", err)
			}
		}
	})
}

func TestPassphrase(t *testing.T) {
	c := newChamber(t, plan(0, 0, 1, 1))
	given := messages.Credential{Passphrase: messages.NewSecret([]byte("seven tired mules eat oats"))}
	next, err := c.record.Register(messages.RegisterOperator{Operator: "operator-0", Token: c.tokens["operator-0"], Credential: given})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := next.Share(next.Set, 0, given); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]messages.Credential{
		"another passphrase": {Passphrase: messages.NewSecret([]byte("seven tired mules eat oat"))}, "a YubiKey": response("operator-0"), "nothing": {},
	} {
		if _, err := next.Share(next.Set, 0, wrong); !errors.Is(err, messages.ErrWrongCredential) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestChallenge: whoever asks for names learns nothing. A name that is no operator's has a challenge too, which stays the
// same as long as theirs do, and is on every replica.
func TestChallenge(t *testing.T) {
	c := newChamber(t, plan(1, 1, 2, 2))
	ask := func(name string, registering bool) string {
		t.Helper()
		got, err := c.record.Challenge(name, registering)
		if err != nil || len(got) != 32 {
			t.Errorf("%s: %x, %v", name, got, err)
		}
		return string(got)
	}
	seen := map[string]string{}
	for _, name := range []string{"operator-0", "operator-1", "mallory", "mallory2"} {
		first := ask(name, true)
		if other := seen[first]; other != "" {
			t.Errorf("%s and %s have one challenge", name, other)
		}
		seen[first] = name
		if ask(name, true) != first || ask(name, false) != first {
			t.Errorf("%s: it changes", name)
		}
	}
	before := ask("mallory", false)
	c.register("operator-0", "operator-1")
	if ask("mallory", false) != before {
		t.Error("it changes with a registration, as those of operators do not")
	}
	if _, err := c.record.Challenge("operator-0", true); !errors.Is(err, messages.ErrWrongState) {
		t.Errorf("nobody is to register: %v", err)
	}
	draft, err := c.record.Renew(plan(0, 0, 2, 2), c.master)
	if err != nil {
		t.Fatal(err)
	}
	c.record = c.record.Propose(c.wrap(draft), messages.CeremonyRotateMode)
	if next := ask("mallory", true); next == before || ask("mallory", false) != before {
		t.Error("it belongs to no quorum, as those of operators do")
	}
	if _, err := newChamber(t, plan(1, 1, 0, 0)).record.Challenge("operator-0", false); !errors.Is(err, messages.ErrWrongState) {
		t.Errorf("no operators: %v", err)
	}
}

func TestRegistrationRefuses(t *testing.T) {
	c, other := newChamber(t, plan(1, 1, 2, 2)), newChamber(t, plan(1, 1, 2, 2))
	register := func(operator string, token messages.Secret) error {
		next, err := c.record.Register(messages.RegisterOperator{Operator: operator, Token: token, Credential: response(operator)})
		if err != nil && next.Serial != c.record.Serial {
			t.Error("a refused registration has changed the record")
		}
		return err
	}
	for name, test := range map[string]struct {
		operator string
		token    messages.Secret
		want     error
	}{
		"nobody":             {"operator-9", c.tokens["operator-0"], messages.ErrUnauthorized},
		"no token":           {"operator-0", messages.Secret{}, messages.ErrUnauthorized},
		"another's token":    {"operator-0", c.tokens["operator-1"], messages.ErrUnauthorized},
		"another chamber's":  {"operator-0", other.tokens["operator-0"], messages.ErrUnauthorized},
		"something the like": {"operator-0", messages.NewSecret([]byte("cc-register-")), messages.ErrUnauthorized},
	} {
		if err := register(test.operator, test.token); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.register("operator-0")
	if err := register("operator-0", c.tokens["operator-0"]); !errors.Is(err, messages.ErrShareRepeated) {
		t.Errorf("twice: %v", err)
	}
	for _, name := range []string{"operator-1", "operator-9"} { // who has registered is for nobody else to know
		if err := register("operator-0", c.tokens[name]); !errors.Is(err, messages.ErrUnauthorized) {
			t.Errorf("registered, with the token of %s: %v", name, err)
		}
	}
	if c.record.Stage != record.Registering {
		t.Errorf("one is missing, and it is %s", c.record.Stage)
	}
	undone := c.record.Abort()
	if undone.Stage != record.Uninitialized || undone.Set != nil || c.record.Follows(undone) != nil {
		t.Errorf("%+v", undone)
	}
}

// TestForeignShares: what belongs to another chamber, operator or generation is refused by name.
func TestForeignShares(t *testing.T) {
	c, other := newChamber(t, plan(3, 2, 3, 2)), newChamber(t, plan(3, 2, 3, 2))
	c.register(operators(3)...)
	other.register(operators(3)...)
	share := c.wrapped[string(c.record.Set.KMS.Shares[0].Wrapped)]
	flipped := bytes.Clone(share)
	flipped[7] ^= 1
	for name, wrong := range map[string][]byte{
		"another chamber's": other.wrapped[string(other.record.Set.KMS.Shares[0].Wrapped)],
		"another's":         c.wrapped[string(c.record.Set.KMS.Shares[1].Wrapped)],
		"flipped":           flipped, "cut off": share[:32], "nothing": nil,
	} {
		if err := c.record.CheckOuter(c.record.Set, 0, wrong); !errors.Is(err, record.ErrShare) {
			t.Errorf("%s: %v", name, err)
		}
	}
	mixed := c.record
	set := *mixed.Set
	layer := *set.Quorum
	layer.Operators = []record.Operator{other.record.Set.Quorum.Operators[0], layer.Operators[1], layer.Operators[2]}
	set.Quorum = &layer
	if _, err := mixed.Share(&set, 0, response("operator-0")); !errors.Is(err, messages.ErrWrongCredential) {
		t.Errorf("an operator's share of another chamber: %v", err)
	}
	old := *c.record.Set.Quorum
	old.Generation++
	set.Quorum = &old
	if _, err := mixed.Share(&set, 0, response("operator-0")); !errors.Is(err, messages.ErrWrongCredential) {
		t.Errorf("an operator's share of another generation: %v", err)
	}
	into := fresh(c.arena)
	inner, err := c.record.Peel(c.record.Set, c.outer(c.record.Set, 0, 2))
	if err != nil {
		t.Fatal(err)
	}
	twice := c.shares("operator-0")
	if err := c.record.OpenByQuorum(c.record.Set, inner, append(twice, twice...), into); !errors.Is(err, record.ErrShare) {
		t.Errorf("a share twice: %v", err)
	}
	swapped := c.record
	swapped.Verifier = other.record.Verifier
	if err := swapped.OpenByQuorum(c.record.Set, inner, c.shares("operator-0", "operator-1"), into); !errors.Is(err, record.ErrMaster) {
		t.Errorf("another verifier: %v", err)
	}
	if !bytes.Equal(content(into), make([]byte, 32)) {
		t.Error("what was refused is still there")
	}
}

func TestFollows(t *testing.T) {
	c, other := newChamber(t, plan(1, 1, 1, 1)), newChamber(t, plan(1, 1, 0, 0))
	first := c.record
	if err := first.Follows(other.record); err != nil {
		t.Errorf("another initialisation before anybody has registered: %v", err)
	}
	c.register("operator-0")
	ready := c.record
	opened := ready.Open()
	for name, test := range map[string]struct {
		before, after record.Record
		want          error
	}{
		"itself": {ready, ready, nil}, "later": {ready, opened, nil}, "registered": {first, ready, nil},
		"older": {opened, ready, record.ErrForged}, "a serial back": {ready.Seal("", "", at), ready, record.ErrOlder},
		"foreign": {ready, other.record, record.ErrForeign}, "undone": {ready, first.Abort(), record.ErrOlder},
	} {
		if err := test.before.Follows(test.after); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
