package cache_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/keys/cache"
)

// The sizes of the format, as the package comment has them.
const (
	header = 32 + 32 + 60
	record = 32 + 48 + 60
)

// reopen writes content over a cache, opens it, and returns why it is ignored. If it is, nothing of the keystores may be
// left, and Save must replace the file as if there had been none.
func reopen(t testing.TB, path string, content []byte, keystores ...keystore) error {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := cache.Open(path, key(t, ours))
	if c == nil {
		t.Fatal("no cache")
	}
	for _, k := range keystores {
		if k.in(t, c) && err != nil {
			t.Errorf("an ignored file gave a key: %v", err)
		}
	}
	return err
}

// heals checks that a damaged file is replaced by a good one.
func heals(t testing.TB, path string) {
	t.Helper()
	c, err := cache.Open(path, key(t, ours))
	if err == nil {
		t.Error("not damaged")
	}
	k := numbered(9)
	k.keep(c)
	save(t, c, true, k)
	if !k.in(t, mustOpen(t, path)) {
		t.Error("not healed")
	}
}

// A flipped bit in any byte is noticed.
func TestEveryFlippedByte(t *testing.T) {
	a, b := numbered(1), numbered(2)
	path, good := saved(t, a, b)
	if len(good) != header+2*record+32 {
		t.Fatalf("the file has %d bytes: this test knows another format", len(good))
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if err := reopen(t, path, bad, a, b); err == nil {
			t.Errorf("byte %d may be changed", i)
		}
	}
	if err := reopen(t, path, good, a, b); err != nil {
		t.Errorf("the file itself: %v", err)
	}
}

func TestEveryTruncation(t *testing.T) {
	a := numbered(1)
	path, good := saved(t, a)
	for length := range good {
		if err := reopen(t, path, good[:length], a); err == nil {
			t.Errorf("%d of %d bytes are enough", length, len(good))
		}
	}
}

func TestTampering(t *testing.T) {
	a, b := numbered(1), numbered(2)
	path, good := saved(t, a, b)
	_, other := saved(t, a, b) // with the same key, at another time
	start, middle, end := header, header+record, header+2*record
	foreignPath := filepath.Join(t.TempDir(), "foreign")
	foreign, err := cache.Open(foreignPath, key(t, theirs))
	if err != nil {
		t.Fatal(err)
	}
	a.keep(foreign)
	save(t, foreign, true, a)
	foreignContent, err := os.ReadFile(foreignPath)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"another key":              {foreignContent, "another key"},
		"another version":          {bytes.Replace(good, []byte("cache 1"), []byte("cache 2"), 1), "another version"},
		"something appended":       {append(bytes.Clone(good), 0), "edited"},
		"a record more":            {slices.Concat(good[:end], good[start:middle], good[end:]), "edited"},
		"a record less":            {slices.Concat(good[:middle], good[end:]), "edited"},
		"records in another order": {slices.Concat(good[:start], good[middle:end], good[start:middle], good[end:]), "edited"},
		"records of another file":  {slices.Concat(good[:start], other[start:end], good[end:]), "edited"},
		"header of another file":   {slices.Concat(other[:start], good[start:]), "edited"},
		"tail of another file":     {slices.Concat(good[:end], other[end:]), "edited"},
		"nothing":                  {nil, "cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := reopen(t, path, test.content, a, b); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			heals(t, path)
		})
	}
	if err := reopen(t, path, other, a, b); err != nil {
		t.Errorf("an older file with the same key: %v", err)
	}
}

// golden is a file of version 1, with numbered(1), for all time.
const golden = "testdata/version1"

var update = flag.Bool("update", false, "write the golden files anew")

// A file that was once written can be read.
func TestGolden(t *testing.T) {
	a := numbered(1)
	if *update {
		_, content := saved(t, a)
		if err := os.WriteFile(golden, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !a.in(t, mustOpen(t, golden)) {
		t.Error("not found")
	}
}

// Whatever the file holds, opening it ends, and gives no key that was not put in.
func FuzzOpen(f *testing.F) {
	good, err := os.ReadFile(golden)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:header])
	f.Add(slices.Concat(good[:header], good[len(good)-32:]))
	f.Add([]byte("containment-chamber key cache 1\n"))
	f.Add([]byte{})
	path := filepath.Join(f.TempDir(), "cache")
	f.Fuzz(func(t *testing.T, content []byte) {
		err := reopen(t, path, content, numbered(1))
		if (err == nil) != bytes.Equal(content, good) {
			t.Errorf("%v", err)
		}
	})
}
