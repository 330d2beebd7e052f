package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/keys/keystore"
	"containment-chamber/actors/keys/sealed/sealedtest"
	"containment-chamber/actors/keys/sealed/sqlite"
	"containment-chamber/actors/seal/opening/openingtest"
	"containment-chamber/actors/state"
	statesqlite "containment-chamber/actors/state/sqlite"
	"containment-chamber/messages"
)

func passphrase(operator string) string { return "a passphrase of " + operator }

// workshop is a directory with a chamber that opens with a key-encryption key and two operators of four, of whom two have a
// YubiKey, and keystores.
type workshop struct {
	*testing.T
	dir     string
	chamber *openingtest.Chamber
}

func newWorkshop(t *testing.T) workshop {
	w := workshop{T: t, dir: t.TempDir()}
	w.chamber = openingtest.New(t, openingtest.Config{
		Dir: w.dir, KMS: 2, KMSThreshold: 1, Operators: []string{"alice", "bob", "carol", "dora"}, Quorum: 2,
		Credential: func(operator string) messages.Credential {
			if operator == "carol" || operator == "dora" {
				return messages.Credential{YubiKeyResponse: messages.NewSecret(slices.Repeat([]byte{operator[0]}, yubikeyResponse))}
			}
			return messages.Credential{Passphrase: messages.NewSecret([]byte(passphrase(operator)))}
		},
	})
	store, err := statesqlite.Open(t.Context(), w.path("state.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() }) // stays open, as a signer's would
	if err := store.Write(t.Context(), state.Record{Name: state.Seal, Version: 1, Body: w.chamber.Body}); err != nil {
		t.Fatal(err)
	}
	w.write("config.yaml", "network: hoodi\nsigner_state: {backend: sqlite, path: "+w.path("state.sqlite")+"}\nkey_sources: {sqlite: {path: "+w.path("keys.sqlite")+"}}\n")
	w.write("alice", passphrase("alice")+"\n")
	w.write("password", "password")
	for n, name := range []string{"one.json", "two.json", "three.json"} {
		text, err := keystore.Encrypt(sealedtest.Secret(n), []byte("password"), keystore.Config{Cost: 2})
		if err != nil {
			t.Fatal(err)
		}
		w.write("keystores/"+name, string(text))
	}
	w.write("keystores/three.txt", "wrong")
	return w
}

func (w workshop) path(name string) string { return filepath.Join(w.dir, name) }

func (w workshop) write(name, text string) {
	w.Helper()
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o700); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// run runs a command, and returns what it has printed.
func (w workshop) run(want int, args ...string) (stdout, stderr string) {
	w.Helper()
	var out, err bytes.Buffer
	args = append(args, "--config", w.path("config.yaml"))
	code := run(context.Background(), process{args: args, env: []string{"BOB=" + passphrase("bob")}, stdin: strings.NewReader(""), stdout: &out, stderr: &err})
	if code != want {
		w.Fatalf("%v: %d, want %d: %s%s", args, code, want, out.String(), err.String())
	}
	for _, secret := range []string{passphrase("alice"), passphrase("bob")} {
		if strings.Contains(out.String()+err.String(), secret) {
			w.Errorf("a passphrase is printed: %s%s", out.String(), err.String())
		}
	}
	return out.String(), err.String()
}

func (w workshop) importArgs(more ...string) []string {
	return append([]string{"keys", "import", "--keystore", w.path("keystores"), "--password-file", w.path("password"),
		"--operator", "alice", "--operator", "bob", "--passphrase", "alice=file:" + w.path("alice"), "--passphrase", "bob=env:BOB"}, more...)
}

func TestKeysImport(t *testing.T) {
	w := newWorkshop(t)
	out, stderr := w.run(exitFailed, w.importArgs("--output", "json")...)
	var done keysImported
	if err := json.Unmarshal([]byte(out), &done); err != nil {
		t.Fatal(err)
	}
	if done.Imported != 2 || done.Failed != 1 || done.Duplicates != 0 || len(done.Keys) != 3 || !strings.Contains(stderr, "1 of 3 were not imported") {
		t.Errorf("%+v, %s", done, stderr)
	}
	w.write("keystores/three.txt", "password")
	out, _ = w.run(exitDone, w.importArgs("--canary")...)
	if !strings.Contains(out, "imported 1 key, 2 were there, 0 failed") || strings.Count(out, "duplicate") != 2 {
		t.Error(out)
	}
	w.opens(3)

	out, _ = w.run(exitDone, "keys", "list")
	if strings.Count(out, "active") != 3 || strings.Count(out, "canary") != 1 || !strings.HasSuffix(out, "\n3 keys\n") {
		t.Error(out)
	}
	out, _ = w.run(exitDone, "keys", "list", "--output", "json")
	var list keyList
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Keys) != 3 || list.Keys[0].Chamber != w.chamber.Record.Chamber.String() {
		t.Errorf("%+v: %v", list, err)
	}
}

// opens expects so many rows, each of which the chamber's key opens.
func (w workshop) opens(want int) {
	w.Helper()
	store, err := sqlite.Open(w.Context(), w.path("keys.sqlite"))
	if err != nil {
		w.Fatal(err)
	}
	defer store.Close()
	listing, err := store.List(w.Context(), 0)
	if err != nil || len(listing.Rows) != want {
		w.Fatalf("%+v: %v", listing, err)
	}
	for _, row := range listing.Rows {
		if _, err := row.Open(w.chamber.Derived(w, messages.PurposeValidatorKeys)); err != nil {
			w.Errorf("%s: %v", row.PublicKey, err)
		}
	}
}

func TestKeysImportRefusals(t *testing.T) {
	w := newWorkshop(t)
	for name, test := range map[string]struct {
		code int
		args []string
		want string
	}{
		"too few operators": {exitUsage, []string{"keys", "import", "--keystore", w.path("keystores"), "--operator", "alice"}, "--operator: malformed request: the chamber opens with 2 of alice, bob, carol, dora, and 1 are named"},
		"unreadable":        {exitFailed, []string{"keys", "import", "--keystore", w.path("none.json")}, "1 of 1 were not imported"}, // and nobody is asked
		"wrong passphrase":  {exitFailed, append(w.importArgs(), "--passphrase", "alice=env:BOB"), "wrong credential: operator alice"},
		"in the open":       {exitUsage, append(w.importArgs(), "--passphrase", "alice=hunter2"), "where others see it: give env:NAME or file:PATH"},
		"no variable":       {exitUsage, append(w.importArgs(), "--passphrase", "alice=env:NONE"), "--passphrase of alice: there is no variable NONE in the environment"},
		"of nobody":         {exitUsage, append(w.importArgs(), "--passphrase", "alicia=env:BOB"), `--passphrase of "alicia": this is none of --operator`},
		"no keystore":       {exitFailed, []string{"keys", "import", "--keystore", t.TempDir()}, "there is no keystore"},
	} {
		if _, stderr := w.run(test.code, test.args...); !strings.Contains(stderr, test.want) || strings.Contains(stderr, "hunter2") {
			t.Errorf("%s: %s", name, stderr)
		}
	}
	w.opens(0)
	w.write("config.yaml", "network: hoodi\n")
	if _, stderr := w.run(exitUsage, "keys", "list"); !strings.Contains(stderr, "key_sources.sqlite.path: is not set") {
		t.Error(stderr)
	}
	w.write("config.yaml", "network: hoodi\nsigner_state: {backend: sqlite, path: "+w.path("new.sqlite")+"}\nkey_sources: {sqlite: {path: "+w.path("new-keys.sqlite")+"}}\n")
	if _, stderr := w.run(exitFailed, w.importArgs()...); !strings.Contains(stderr, "the chamber is uninitialized") {
		t.Error(stderr)
	}
	if err := os.Remove(w.path("new-keys.sqlite")); err != nil {
		t.Fatal(err)
	}
	if _, stderr := w.run(exitFailed, "keys", "list"); !strings.Contains(stderr, "there are no sealed keys at") {
		t.Error(stderr)
	}
}
