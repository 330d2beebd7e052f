package directory_test

import (
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

// notes remembers secrets in the clear, and counts.
type notes struct {
	entries map[string]entry
	kept    int
	found   int
}

type entry struct {
	public messages.PublicKey
	secret [32]byte
}

var _ directory.Secrets = (*notes)(nil)

func (n *notes) Find(f [sha256.Size]byte, password []byte) (messages.PublicKey, []byte, bool) {
	e, ok := n.entries[string(f[:])+string(password)]
	if ok {
		n.found++
	}
	return e.public, e.secret[:], ok
}

func (n *notes) Keep(f [sha256.Size]byte, password []byte, public messages.PublicKey, secret []byte) {
	n.entries[string(f[:])+string(password)] = entry{public, [32]byte(secret)}
	n.kept++
}

// one scans a tree that holds one candidate.
func one(t *testing.T, root string) directory.Candidate {
	t.Helper()
	listing := directory.Scan([]string{root}, directory.Options{})
	if len(listing.Candidates) != 1 {
		t.Fatalf("%d candidates, failures %v", len(listing.Candidates), listing.Failures)
	}
	return listing.Candidates[0]
}

func rewrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What is remembered is found again, under another name too; after any change of keystore or password it is not.
func TestLoadThrough(t *testing.T) {
	root := plant(t, map[string]string{"k.json": honest(t, aliceSecret), "k.txt": password})
	n := &notes{entries: map[string]entry{}}
	load := func(want error, found, kept int) {
		t.Helper()
		*n = notes{entries: n.entries}
		key, err := one(t, root).LoadThrough(n)
		if !errors.Is(err, want) || err == nil && key.PublicKey() != public(t, aliceSecret) {
			t.Errorf("got %v, %v, want %v", key, err, want)
		}
		if n.found != found || n.kept != kept {
			t.Errorf("found %d, kept %d; want %d and %d", n.found, n.kept, found, kept)
		}
	}
	load(nil, 0, 1)
	load(nil, 1, 0)

	at := func(name string) string { return filepath.Join(root, name) }
	for _, name := range []string{"k.json", "k.txt"} {
		if err := os.Rename(at(name), at("renamed"+filepath.Ext(name))); err != nil {
			t.Fatal(err)
		}
	}
	load(nil, 1, 0)
	rewrite(t, at("renamed.txt"), "wrong")
	load(keystore.ErrPassword, 0, 0)
	rewrite(t, at("renamed.txt"), password+"\r\nsecond line")
	load(nil, 1, 0)
	rewrite(t, at("renamed.json"), honest(t, aliceSecret)) // with another salt
	load(nil, 0, 1)
	load(nil, 1, 0)
	rewrite(t, at("renamed.json"), keystoreOf(t, aliceSecret, public(t, bobSecret)))
	load(directory.ErrWrongKey, 0, 0)
}

// A memory that lies is not believed: the keystore is decrypted.
func TestLoadThroughDistrusts(t *testing.T) {
	bob := entry{public: public(t, bobSecret)}
	bob.secret[31] = 2
	zero := entry{public: public(t, aliceSecret)}
	mixed := entry{public: public(t, aliceSecret), secret: bob.secret}
	for _, claim := range []messages.PublicKey{{}, public(t, aliceSecret)} {
		for name, lie := range map[string]entry{"another key": bob, "no key": zero, "another key's secret": mixed} {
			if name == "another key" && claim == (messages.PublicKey{}) {
				continue // nothing says that it is another
			}
			t.Run(name, func(t *testing.T) {
				root := plant(t, map[string]string{"k.json": keystoreOf(t, aliceSecret, claim), "k.txt": password})
				c := one(t, root)
				n := &notes{entries: map[string]entry{string(c.Fingerprint[:]) + password: lie}}
				key, err := c.LoadThrough(n)
				if err != nil || key.PublicKey() != public(t, aliceSecret) || n.found != 1 || n.kept != 1 {
					t.Errorf("got %v, %v, found %d, kept %d", key, err, n.found, n.kept)
				}
			})
		}
	}
}

func TestRawKeysAreNotRemembered(t *testing.T) {
	n := &notes{entries: map[string]entry{}}
	key, err := one(t, plant(t, map[string]string{"k.yaml": raw(aliceSecret)})).LoadThrough(n)
	if err != nil || key.PublicKey() != public(t, aliceSecret) || n.kept != 0 {
		t.Errorf("got %v, %v, kept %d", key, err, n.kept)
	}
}
