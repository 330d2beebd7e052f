package cache_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/keys/cache"
	"containment-chamber/messages"
)

// keystore is what a cache knows of one.
type keystore struct {
	fingerprint [32]byte
	password    string
	public      messages.PublicKey
	secret      [32]byte
}

// numbered makes keystores whose parts are easy to spot.
func numbered(n byte) keystore {
	k := keystore{fingerprint: [32]byte{'f', n}, password: "a password " + string('a'+rune(n)), public: messages.PublicKey{'p', n}}
	copy(k.secret[:], bytes.Repeat([]byte{'s', n}, 16))
	return k
}

func (k keystore) keep(c *cache.Cache) {
	c.Keep(k.fingerprint, []byte(k.password), k.public, k.secret[:])
}

// in reports whether a cache knows the keystore. What it finds must be right.
func (k keystore) in(t testing.TB, c *cache.Cache) bool {
	t.Helper()
	public, secret, found := c.Find(k.fingerprint, []byte(k.password))
	if found && (public != k.public || !bytes.Equal(secret, k.secret[:])) {
		t.Errorf("found %s, %x for %s", public, secret, k.public)
	}
	if !found && (public != messages.PublicKey{} || secret != nil) {
		t.Error("found nothing, and returned something")
	}
	return found
}

func key(t testing.TB, text string) *cache.Key {
	t.Helper()
	k, err := cache.ParseKey([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

var (
	ours   = strings.Repeat("k", cache.KeySize)
	theirs = strings.Repeat("K", cache.KeySize)
)

func mustOpen(t testing.TB, path string) *cache.Cache {
	t.Helper()
	c, err := cache.Open(path, key(t, ours))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func save(t testing.TB, c *cache.Cache, wantWritten bool, inUse ...keystore) {
	t.Helper()
	var publics []messages.PublicKey
	for _, k := range inUse {
		publics = append(publics, k.public)
	}
	if written, err := c.Save(publics); err != nil || written != wantWritten {
		t.Fatalf("written %t, %v; want %t", written, err, wantWritten)
	}
}

// saved writes a cache of the keystores, and returns its path and content.
func saved(t testing.TB, keystores ...keystore) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "cache")
	c := mustOpen(t, path)
	for _, k := range keystores {
		k.keep(c)
	}
	save(t, c, true, keystores...)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

func TestRemembers(t *testing.T) {
	a, b, other := numbered(1), numbered(2), numbered(3)
	path, content := saved(t, a, b)
	for _, k := range []keystore{a, b} {
		for _, hidden := range []string{string(k.secret[:8]), hex.EncodeToString(k.secret[:8]), k.password, string(k.fingerprint[:])} {
			if bytes.Contains(content, []byte(hidden)) {
				t.Errorf("the file shows %q", hidden)
			}
		}
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	c := mustOpen(t, path)
	if c.Len() != 2 || !a.in(t, c) || !b.in(t, c) || other.in(t, c) {
		t.Error("not the two keystores that were saved")
	}
	changed, wrong := a, a
	changed.fingerprint[31]++
	wrong.password += " "
	if changed.in(t, c) || wrong.in(t, c) {
		t.Error("found for another content, or with another password")
	}
}

// Only what is in use stays, and only what changed is written.
func TestSave(t *testing.T) {
	a, b, twin := numbered(1), numbered(2), numbered(3)
	twin.public = a.public // a second file with the same key
	path, before := saved(t, a, b, twin)

	c := mustOpen(t, path)
	a.in(t, c)
	b.in(t, c)
	twin.in(t, c)
	save(t, c, false, a, b)
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was written although nothing changed")
	}

	fresh := numbered(4)
	fresh.keep(c)
	save(t, c, true, a, fresh) // b was removed
	c = mustOpen(t, path)
	if !a.in(t, c) || b.in(t, c) || !twin.in(t, c) || !fresh.in(t, c) {
		t.Error("not what was in use")
	}
	save(t, c, false, a, b, twin, fresh)

	c = mustOpen(t, path)
	save(t, c, true) // nothing was found
	if mustOpen(t, path).Len() != 0 {
		t.Error("unused keystores were left")
	}
}

func TestNothingToSave(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	save(t, mustOpen(t, path), false, numbered(1))
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made of nothing: %v", err)
	}
}

func TestSaveErrors(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct{ path, content, want string }{
		"no directory":     {path: filepath.Join(dir, "gone", "cache"), want: "no such file"},
		"a directory":      {path: dir, want: "not a key cache"},
		"a device":         {path: os.DevNull, want: "not a key cache"},
		"somebody's notes": {path: filepath.Join(dir, "notes"), content: "SQLite format 3", want: "left alone"},
	} {
		t.Run(name, func(t *testing.T) {
			if test.content != "" {
				if err := os.WriteFile(test.path, []byte(test.content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c, _ := cache.Open(test.path, key(t, ours))
			k := numbered(1)
			k.keep(c)
			written, err := c.Save([]messages.PublicKey{k.public})
			if written || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("written %t, %v; want %q", written, err, test.want)
			}
			if left, _ := os.ReadFile(test.path); test.content != "" && string(left) != test.content {
				t.Errorf("the file is now %q", left)
			}
			if !k.in(t, c) {
				t.Error("and it forgot what it was told")
			}
		})
	}
	if litter, _ := filepath.Glob(filepath.Join(dir, ".*")); len(litter) > 0 {
		t.Errorf("left behind: %v", litter)
	}
}

// Loaders use it at the same time, while it is saved.
func TestConcurrentUse(t *testing.T) {
	a := numbered(1)
	path, _ := saved(t, a)
	c := mustOpen(t, path)
	done := make(chan struct{})
	const loaders = 4
	for i := range loaders {
		go func() {
			defer func() { done <- struct{}{} }()
			for n := range byte(50) {
				k := numbered(byte(i)*50 + n + 2)
				k.keep(c)
				if !k.in(t, c) || !a.in(t, c) {
					t.Error("not found")
				}
			}
		}()
	}
	for range loaders {
		if _, err := c.Save([]messages.PublicKey{a.public}); err != nil {
			t.Error(err)
		}
		<-done
	}
	if again := mustOpen(t, path); !a.in(t, again) {
		t.Error("the file is not whole")
	}
}
