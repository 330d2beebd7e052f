package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// TestKeyFileIsRead writes the key file and reads it as the signer does.
func TestKeyFileIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.yaml")
	if code, _, stderr := bench(t, "keys", "--keys", "5", "--file", path); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	listing := directory.Scan([]string{path}, directory.Options{})
	if len(listing.Failures) > 0 {
		t.Fatal(listing.Failures)
	}
	var got []messages.PublicKey
	for _, c := range listing.Candidates {
		key, err := c.Load()
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		got = append(got, key.PublicKey())
	}
	want, err := benchKeys(5)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the file has the keys %v, want %v", got, want)
	}
	if code, _, _ := bench(t, "keys", "--file", path); code != exitFailed {
		t.Errorf("an existing file was overwritten: exit %d", code)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v (%v), want 0600", info.Mode(), err)
	}
}
