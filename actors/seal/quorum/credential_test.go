package quorum_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/seal/quorum"
)

var (
	share   = []byte("thirty-two bytes of a share and x")
	binding = quorum.Binding{ChamberID: "chamber-1", Operator: "alice", Generation: 3}
)

// opener is a credential with what opens it.
type opener struct {
	quorum.Credential
	open func(quorum.Credential, quorum.Binding) ([]byte, error)
}

// cheap are the kinds that cost nothing to open.
func cheap(t testing.TB) map[quorum.Kind]opener {
	t.Helper()
	token, response := quorum.NewToken(), bytes.Repeat([]byte{7}, 20)
	key, err := quorum.SealUnderYubiKey(share, quorum.NewChallenge(), response, binding)
	if err != nil {
		t.Fatal(err)
	}
	return map[quorum.Kind]opener{
		quorum.Registration: {quorum.SealUnderToken(share, token, binding), func(c quorum.Credential, b quorum.Binding) ([]byte, error) {
			return c.OpenWithToken(token, b)
		}},
		quorum.YubiKey: {key, func(c quorum.Credential, b quorum.Binding) ([]byte, error) { return c.OpenWithResponse(response, b) }},
	}
}

func wantShare(t testing.TB, got []byte, err error) {
	t.Helper()
	if err != nil || !bytes.Equal(got, share) {
		t.Errorf("opened %q, %v", got, err)
	}
}

// wantRefusal expects one of the two errors, a text in it, no share, and no secret.
func wantRefusal(t testing.TB, got []byte, err, want error, text string) {
	t.Helper()
	if got != nil || !errors.Is(err, want) || !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), string(share)) {
		t.Errorf("opened %q, %v; want %v, %q", got, err, want, text)
	}
}

func TestOpens(t *testing.T) {
	for kind, o := range cheap(t) {
		got, err := o.open(o.Credential, binding)
		wantShare(t, got, err)
		if o.Kind != kind || bytes.Contains(o.Sealed, share[:8]) {
			t.Errorf("%s: %+v", kind, o.Credential)
		}
		if again := cheap(t)[kind]; bytes.Equal(again.Salt, o.Salt) || bytes.Equal(again.Sealed, o.Sealed) {
			t.Errorf("%s: sealed twice, there is one salt", kind)
		}
		text, err := json.Marshal(o.Credential)
		if err != nil {
			t.Fatal(err)
		}
		var stored quorum.Credential
		if err := json.Unmarshal(text, &stored); err != nil {
			t.Fatal(err)
		}
		got, err = o.open(stored, binding)
		wantShare(t, got, err)
	}
}

func TestWrongHere(t *testing.T) {
	for _, o := range cheap(t) {
		for name, b := range map[string]quorum.Binding{
			"another chamber":  {ChamberID: "chamber-2", Operator: "alice", Generation: 3},
			"another operator": {ChamberID: "chamber-1", Operator: "bob", Generation: 3},
			"older":            {ChamberID: "chamber-1", Operator: "alice", Generation: 2},
			"newer":            {ChamberID: "chamber-1", Operator: "alice", Generation: 4},
			"moved boundary":   {ChamberID: `alice" "chamber-1`, Operator: "", Generation: 3},
			"none":             {},
		} {
			got, err := o.open(o.Credential, b)
			wantRefusal(t, got, err, quorum.ErrWrongCredential, "")
			if err.Error() != "wrong credential" {
				t.Errorf("%s: the error tells more than it should: %v", name, err)
			}
		}
	}
}

func TestEveryBitCounts(t *testing.T) {
	for _, o := range cheap(t) {
		for name, field := range map[string]func(*quorum.Credential) *[]byte{
			"salt": func(c *quorum.Credential) *[]byte { return &c.Salt }, "sealed": func(c *quorum.Credential) *[]byte { return &c.Sealed },
		} {
			whole := *field(&o.Credential)
			for bit := range 8 * len(whole) {
				c := o.Credential
				flipped := bytes.Clone(whole)
				flipped[bit/8] ^= 1 << (bit % 8)
				*field(&c) = flipped
				got, err := o.open(c, binding)
				wantRefusal(t, got, err, quorum.ErrWrongCredential, "")
			}
			for cut := range whole {
				c := o.Credential
				*field(&c) = whole[:cut]
				if got, err := o.open(c, binding); err == nil || got != nil {
					t.Errorf("%s opened with %d bytes of its %s", o.Kind, cut, name)
				}
			}
		}
	}
}

func TestDamaged(t *testing.T) {
	for kind, o := range cheap(t) {
		for want, damage := range map[string]func(*quorum.Credential){
			"unknown kind":         func(c *quorum.Credential) { c.Kind = "password" },
			"unknown kind \"\"":    func(c *quorum.Credential) { *c = quorum.Credential{} },
			"salt is of 15":        func(c *quorum.Credential) { c.Salt = c.Salt[1:] },
			"salt is of 17":        func(c *quorum.Credential) { c.Salt = append(slices.Clone(c.Salt), 0) },
			"share is of 28":       func(c *quorum.Credential) { c.Sealed = c.Sealed[:28] },
			"share is of 2000":     func(c *quorum.Credential) { c.Sealed = make([]byte, 2000) },
			"challenge of 0 bytes": func(c *quorum.Credential) { c.Kind, c.Challenge = quorum.YubiKey, nil },
			"challenge of 64":      func(c *quorum.Credential) { c.Kind, c.Challenge = quorum.YubiKey, make([]byte, 64) },
			"challenge of 40":      func(c *quorum.Credential) { c.Kind, c.Challenge = quorum.Registration, make([]byte, 40) },
		} {
			c := o.Credential
			damage(&c)
			got, err := o.open(c, binding)
			wantRefusal(t, got, err, quorum.ErrDamaged, want)
		}
		for other, p := range cheap(t) {
			if other != kind {
				got, err := o.open(p.Credential, binding)
				wantRefusal(t, got, err, quorum.ErrWrongCredential, "")
			}
		}
	}
}

func TestWrongSecrets(t *testing.T) {
	all := cheap(t)
	got, err := all[quorum.Registration].OpenWithToken(quorum.NewToken(), binding)
	wantRefusal(t, got, err, quorum.ErrWrongCredential, "")
	for _, size := range []int{0, 19, 20, 21} {
		got, err := all[quorum.YubiKey].OpenWithResponse(make([]byte, size), binding)
		wantRefusal(t, got, err, quorum.ErrWrongCredential, "")
	}
}

// Shares of any length that is allowed, and no other.
func TestLengths(t *testing.T) {
	token := quorum.NewToken()
	rapid.Check(t, func(t *rapid.T) {
		share := rapid.SliceOfN(rapid.Byte(), 1, 1024).Draw(t, "share")
		before := bytes.Clone(share)
		got, err := quorum.SealUnderToken(share, token, binding).OpenWithToken(token, binding)
		if err != nil || !bytes.Equal(got, before) || !bytes.Equal(share, before) {
			t.Errorf("%x is now %x, and opened as %x, %v", before, share, got, err)
		}
	})
	for _, size := range []int{0, 1025} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("sealed %d bytes", size)
				}
			}()
			quorum.SealUnderToken(make([]byte, size), token, binding)
		}()
	}
}

// What was stored once opens for ever. The file, which another program made, says how.
func TestStoredCredentialsOpen(t *testing.T) {
	text, err := os.ReadFile("testdata/credentials.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Binding           quorum.Binding
		Share, Response   []byte
		Token, Passphrase string
		Registration      quorum.Credential
		UnderPassphrase   quorum.Credential `json:"under_passphrase"`
		UnderYubiKey      quorum.Credential `json:"under_yubikey"`
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	token, err := quorum.ParseToken([]byte(f.Token))
	if err != nil {
		t.Fatal(err)
	}
	for kind, open := range map[quorum.Kind]func() ([]byte, error){
		quorum.Registration: func() ([]byte, error) { return f.Registration.OpenWithToken(token, f.Binding) },
		quorum.Passphrase:   func() ([]byte, error) { return f.UnderPassphrase.OpenWithPassphrase([]byte(f.Passphrase), f.Binding) },
		quorum.YubiKey:      func() ([]byte, error) { return f.UnderYubiKey.OpenWithResponse(f.Response, f.Binding) },
	} {
		if got, err := open(); err != nil || !bytes.Equal(got, f.Share) || len(got) != 33 {
			t.Errorf("%s: %x, %v", kind, got, err)
		}
	}
}
