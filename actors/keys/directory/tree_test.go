package directory_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

// Two keys, with their secrets in hexadecimal.
const (
	aliceSecret = "25e1022438000000000000000000000000000000000000000000000000000001"
	bobSecret   = "0000000000000000000000000000000000000000000000000000000000000002"
	password    = "correct horse"
)

func key(t testing.TB, secret string) *bls.SecretKey {
	t.Helper()
	var b messages.Root // has the size and the parser that a secret needs
	if err := b.UnmarshalText([]byte(secret)); err != nil {
		t.Fatal(err)
	}
	key, err := bls.NewSecretKey(b[:])
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func public(t testing.TB, secret string) messages.PublicKey { return key(t, secret).PublicKey() }

// keystoreOf returns a cheap keystore of a secret that claims a public key.
func keystoreOf(t testing.TB, secret string, claim messages.PublicKey) string {
	t.Helper()
	var b messages.Root
	if err := b.UnmarshalText([]byte(secret)); err != nil {
		t.Fatal(err)
	}
	text, err := keystore.Encrypt(b[:], []byte(password), keystore.Config{Cost: 2, PublicKey: claim})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// honest returns a keystore that claims its own public key.
func honest(t testing.TB, secret string) string { return keystoreOf(t, secret, public(t, secret)) }

// plant writes files below a new directory, and returns it. A content that begins with "-> " makes a symbolic link; a
// name that ends in "/" makes a directory.
func plant(t testing.TB, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		target, isLink := strings.CutPrefix(content, "-> ")
		switch {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(path, 0o700)
		case isLink:
			err = os.Symlink(target, path)
		default:
			err = os.WriteFile(path, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// found is what Scan and Load make of a tree: for each candidate "name: key" or "name: error", then each failure. Names
// are relative to the tree.
func found(t testing.TB, root string, options directory.Options, paths ...string) []string {
	t.Helper()
	if len(paths) == 0 {
		paths = []string{root}
	}
	names := map[messages.PublicKey]string{public(t, aliceSecret): "alice", public(t, bobSecret): "bob"}
	listing := directory.Scan(paths, options)
	var out []string
	add := func(name, result string) {
		out = append(out, strings.ReplaceAll(strings.TrimPrefix(name, root+"/")+": "+result, root+"/", ""))
	}
	for _, c := range listing.Candidates {
		secret, err := c.Load()
		if err != nil {
			add(c.Name, err.Error())
			continue
		}
		if c.PublicKey != (messages.PublicKey{}) && c.PublicKey != secret.PublicKey() {
			t.Errorf("%s claims %s, but %s was loaded", c.Name, c.PublicKey, secret.PublicKey())
		}
		add(c.Name, names[secret.PublicKey()])
	}
	for _, f := range listing.Failures {
		if f.Source != directory.Source {
			t.Errorf("%s has the source %q", f.Name, f.Source)
		}
		add(f.Name, f.Err.Error())
	}
	for _, line := range out {
		for _, secret := range []string{aliceSecret, strings.TrimLeft(bobSecret, "0") + "hidden", password} {
			if strings.Contains(line, secret) {
				t.Errorf("a secret is shown: %s", line)
			}
		}
	}
	return out
}
