package directory_test

import (
	"errors"
	"testing"

	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

func TestLyingFiles(t *testing.T) {
	alice, bob := public(t, aliceSecret), public(t, bobSecret)
	aliceFile, bobFile, silent := honest(t, aliceSecret), keystoreOf(t, aliceSecret, bob), keystoreOf(t, aliceSecret, messages.PublicKey{})
	says := "claims the wrong public key: it says " + bob.String()
	proved, named := says+", but its secret belongs to "+alice.String(), says+", but its name or its directory's says "+alice.String()
	inAlice, inBob, asAlice, asBob := alice.String()+"/k", bob.String()+"/k", alice.String()[2:], bob.String()[2:]
	tests := map[string]struct {
		files map[string]string
		want  string
	}{
		"the keystore":                {map[string]string{"k.json": bobFile, "k.txt": password}, "k.json: " + proved},
		"the directory":               {map[string]string{inBob + ".json": silent, inBob + ".txt": password}, inBob + ".json: " + proved},
		"the file name":               {map[string]string{asBob + ".json": silent, "password.txt": password}, asBob + ".json: " + proved},
		"keystore and directory":      {map[string]string{inBob + ".json": bobFile, inBob + ".txt": password}, inBob + ".json: " + proved},
		"the keystore or its name":    {map[string]string{asAlice + ".json": bobFile}, asAlice + ".json: " + named},
		"the keystore or a directory": {map[string]string{inAlice + ".json": bobFile}, inAlice + ".json: " + named},
		"nobody":                      {map[string]string{inAlice + ".json": aliceFile, inAlice + ".txt": password}, inAlice + ".json: alice"},
		"the keystore of a descriptor": {
			map[string]string{"k.json": bobFile, "k.txt": password, "k.yaml": encrypted("k.json", "k.txt")}, "k.yaml: " + proved,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) { check(t, test.files, test.want) })
	}
}

func TestLoadErrors(t *testing.T) {
	short, err := keystore.Encrypt([]byte("short"), []byte(password), keystore.Config{Cost: 2})
	if err != nil {
		t.Fatal(err)
	}
	check(t, map[string]string{"k.json": string(short), "k.txt": password}, "k.json: a BLS secret key has 32 bytes, got 5")

	tests := map[string]struct {
		files map[string]string
		want  error
	}{
		"wrong password": {map[string]string{"k.json": honest(t, aliceSecret), "k.txt": "wrong"}, keystore.ErrPassword},
		"wrong key":      {map[string]string{"k.json": keystoreOf(t, aliceSecret, public(t, bobSecret)), "k.txt": password}, directory.ErrWrongKey},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			candidates := directory.Scan([]string{plant(t, test.files)}, directory.Options{}).Candidates
			if len(candidates) != 1 {
				t.Fatalf("%d candidates", len(candidates))
			}
			if key, err := candidates[0].Load(); key != nil || !errors.Is(err, test.want) {
				t.Fatalf("got %v, %v", key, err)
			}
		})
	}
}
