package opening_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/seal/opening"
	"containment-chamber/actors/seal/opening/openingtest"
	"containment-chamber/actors/seal/record"
	"containment-chamber/messages"
)

// response is what an operator's YubiKey answers to everything.
func response(operator string) messages.Credential {
	sum := sha256.Sum256([]byte(operator))
	return messages.Credential{YubiKeyResponse: messages.NewSecret(sum[:20])}
}

func chamberOf(t *testing.T, kms, kmsThreshold int, quorum int, operators ...string) openingtest.Config {
	return openingtest.Config{
		Dir: t.TempDir(), KMS: kms, KMSThreshold: kmsThreshold, Operators: operators, Quorum: quorum, Credential: response,
	}
}

// derive opens a chamber with these operators.
func derive(t *testing.T, body []byte, operators ...string) (messages.DerivedKey, error) {
	t.Helper()
	stored, err := record.Decode(body)
	if err != nil {
		t.Fatal(err)
	}
	return opening.Derive(t.Context(), opening.Config{
		Stored: stored, Keys: kek.NewRing(kek.Config{}), Operators: operators,
		Credential: func(operator string, challenge []byte) (messages.Credential, error) {
			if len(challenge) == 0 {
				t.Errorf("%s is not challenged", operator)
			}
			return response(operator), nil
		},
	}, messages.PurposeValidatorKeys)
}

func content(k messages.DerivedKey) (b []byte) {
	k.Key.Use(func(key *[32]byte) { b = bytes.Clone(key[:]) })
	return b
}

func TestDerive(t *testing.T) {
	for name, test := range map[string]struct {
		chamber   openingtest.Config
		operators []string
	}{
		"key-encryption keys": {chamberOf(t, 3, 2, 0), nil},
		"both":                {chamberOf(t, 3, 2, 2, "a", "b", "c"), []string{"c", "a"}},
		"operators":           {chamberOf(t, 0, 0, 2, "a", "b", "c"), []string{"b", "c"}},
		"not opened yet": {func() openingtest.Config {
			c := chamberOf(t, 1, 1, 0)
			c.NotOpened = true
			return c
		}(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			chamber := openingtest.New(t, test.chamber)
			want := chamber.Derived(t, messages.PurposeValidatorKeys)
			got, err := derive(t, chamber.Body, test.operators...)
			if err != nil || got.ChamberID != want.ChamberID || !bytes.Equal(content(got), content(want)) {
				t.Fatalf("got %+v: %v", got, err)
			}
			if test.chamber.KMS == 3 { // one is away
				if err := os.Remove(filepath.Join(test.chamber.Dir, "kek-1")); err != nil {
					t.Fatal(err)
				}
				if got, err = derive(t, chamber.Body, test.operators...); err != nil || !bytes.Equal(content(got), content(want)) {
					t.Errorf("with one key less: %v", err)
				}
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	both := openingtest.New(t, chamberOf(t, 1, 1, 2, "a", "b", "c"))
	people := openingtest.New(t, chamberOf(t, 0, 0, 2, "a", "b", "c"))
	alone := openingtest.New(t, chamberOf(t, 1, 1, 0))
	pending := chamberOf(t, 1, 1, 1, "a")
	pending.Pending = true
	sealed := chamberOf(t, 1, 1, 0)
	sealed.Change = func(r record.Record) record.Record { return r.Seal("somebody", "for a reason", time.Unix(1, 0)) }
	away := chamberOf(t, 2, 2, 0)
	awayChamber := openingtest.New(t, away)
	if err := os.Remove(filepath.Join(away.Dir, "kek-0")); err != nil {
		t.Fatal(err)
	}
	forged := bytes.Clone(alone.Body)
	forged[3] ^= 1 // of the tag
	for name, test := range map[string]struct {
		body      []byte
		operators []string
		want      error
	}{
		"too few":          {both.Body, []string{"a"}, messages.ErrMalformed},
		"too many":         {both.Body, []string{"a", "b", "c"}, messages.ErrMalformed},
		"twice":            {both.Body, []string{"a", "a"}, messages.ErrMalformed},
		"nobody":           {both.Body, []string{"a", "x"}, messages.ErrMalformed},
		"none needed":      {alone.Body, []string{"a"}, messages.ErrMalformed},
		"not registered":   {openingtest.New(t, pending).Body, []string{"a"}, messages.ErrWrongState},
		"sealed":           {openingtest.New(t, sealed).Body, nil, messages.ErrSealed},
		"key away":         {awayChamber.Body, nil, messages.ErrKMSRefused},
		"forged":           {forged, nil, messages.ErrStateRefused},
		"wrong credential": {wrongCredential(t, people), []string{"a", "b"}, messages.ErrWrongCredential},
	} {
		if key, err := derive(t, test.body, test.operators...); !errors.Is(err, test.want) || key.Key != nil {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// TestStatesAreNamedAsElsewhere: people compare what they read with the status.
func TestStatesAreNamedAsElsewhere(t *testing.T) {
	pending := chamberOf(t, 1, 1, 1, "a")
	pending.Pending = true
	if _, err := derive(t, openingtest.New(t, pending).Body, "a"); err == nil || !strings.Contains(err.Error(), "the chamber is awaiting_registration") {
		t.Error(err)
	}
}

// wrongCredential exchanges the credentials of two operators.
func wrongCredential(t *testing.T, c *openingtest.Chamber) []byte {
	t.Helper()
	r := c.Record
	set := *r.Set
	quorum := *set.Quorum
	quorum.Operators = append([]record.Operator(nil), quorum.Operators...)
	quorum.Operators[0].Credential, quorum.Operators[1].Credential = quorum.Operators[1].Credential, quorum.Operators[0].Credential
	set.Quorum, r.Set = &quorum, &set
	body, err := record.Encode(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// What the operator cannot say is said by whoever asked.
func TestCredentialFails(t *testing.T) {
	chamber := openingtest.New(t, chamberOf(t, 0, 0, 1, "a"))
	stored, err := record.Decode(chamber.Body)
	if err != nil {
		t.Fatal(err)
	}
	left := errors.New("the operator has left")
	_, err = opening.Derive(t.Context(), opening.Config{
		Stored: stored, Operators: []string{"a"},
		Credential: func(string, []byte) (messages.Credential, error) { return messages.Credential{}, left },
	}, messages.PurposeValidatorKeys)
	if !errors.Is(err, left) {
		t.Errorf("got %v", err)
	}
}
