package directory_test

import (
	"os"
	"path/filepath"
	"testing"

	"containment-chamber/actors/keys/directory"
)

// How a file that gave a key can vanish from a listing, and whether it is gone then.
func TestGone(t *testing.T) {
	files := map[string]string{"keys/a/alice.yaml": raw(aliceSecret), "keys/a/bob.json": honest(t, bobSecret), "keys/a/bob.txt": password}
	tests := map[string]struct {
		change func(t *testing.T, keys string)
		gone   bool
		named  string // by a failure, below the tree
	}{
		"file removed":               {remove("a/alice.yaml"), true, ""},
		"last file removed":          {remove("a/alice.yaml", "a/bob.json"), true, ""},
		"directory removed":          {remove("a"), true, ""},
		"renamed":                    {move("a/alice.yaml", "a/carol.yaml"), true, ""},
		"path missing":               {remove("."), false, "keys"},
		"path replaced by a mount":   {empty("."), false, "keys"},
		"folder replaced by a mount": {empty("a"), false, "keys/a"},
		"folder replaced by a full one": {func(t *testing.T, keys string) {
			empty("a")(t, keys)
			write(t, filepath.Join(keys, "a", "bob.yaml"), raw(bobSecret))
		}, true, ""},
		"unreadable descriptor": {func(t *testing.T, keys string) {
			remove("a/alice.yaml")(t, keys)
			if err := os.Symlink("nowhere", filepath.Join(keys, "a/alice.yaml")); err != nil {
				t.Fatal(err)
			}
		}, false, "keys/a/alice.yaml"},
		"broken descriptor": {func(t *testing.T, keys string) {
			write(t, filepath.Join(keys, "a/alice.yaml"), "type: file-raw\n")
		}, false, "keys/a/alice.yaml"},
		"path is a broken link": {func(t *testing.T, keys string) {
			remove(".")(t, keys)
			if err := os.Symlink("nowhere", keys); err != nil {
				t.Fatal(err)
			}
		}, false, "keys"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := plant(t, files)
			keys := filepath.Join(root, "keys")
			before := directory.Scan([]string{keys}, directory.Options{})
			if len(before.Candidates) != 2 || before.Candidates[0].Place.File != filepath.Join(keys, "a/alice.yaml") {
				t.Fatalf("found %v, %v", before.Candidates, before.Failures)
			}
			test.change(t, keys)
			after := directory.Scan([]string{keys}, directory.Options{})
			gone, why := after.Gone(before.Candidates[0].Place)
			if gone != test.gone {
				t.Errorf("gone %v (%v), failures %v", gone, why, after.Failures)
			}
			for _, f := range after.Failures {
				why = f
			}
			if named := why.Err != nil; named != (test.named != "") || named && why.Name != filepath.Join(root, test.named) {
				t.Errorf("named %q: %v", why.Name, why.Err)
			}
		})
	}
}

// A keystore that became other JSON is named, and not gone.
func TestKeystoreThatIsNoneAnyMore(t *testing.T) {
	root := plant(t, map[string]string{"bob.json": honest(t, bobSecret), "bob.txt": password})
	place := directory.Scan([]string{root}, directory.Options{}).Candidates[0].Place
	write(t, place.File, "[]")
	after := directory.Scan([]string{root}, directory.Options{})
	if gone, why := after.Gone(place); gone || why.Name != place.File || len(after.Failures) != 0 {
		t.Errorf("gone %v: %v, failures %v", gone, why, after.Failures)
	}
	if after.Failed(place.File) {
		t.Error("it is said to have failed")
	}
}

// The fingerprint follows the content and not the name.
func TestFingerprint(t *testing.T) {
	root := plant(t, map[string]string{
		"a.yaml": raw(aliceSecret), "b.yaml": "# the same\n" + raw("0x"+aliceSecret) + "---\n" + raw(bobSecret),
		"c.json": honest(t, bobSecret), "d.json": honest(t, bobSecret), "password.txt": password,
	})
	c := directory.Scan([]string{root}, directory.Options{}).Candidates
	if len(c) != 5 || c[0].Fingerprint != c[1].Fingerprint || c[1].Fingerprint == c[2].Fingerprint {
		t.Error("raw keys have the wrong fingerprints")
	}
	if c[3].Fingerprint == c[4].Fingerprint || c[3].Fingerprint == c[2].Fingerprint {
		t.Error("two encryptions have the same fingerprint")
	}
	c[0].Discard()
	if key, err := c[0].Load(); err == nil {
		t.Errorf("a discarded candidate gave %s", key.PublicKey())
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(names ...string) func(*testing.T, string) {
	return func(t *testing.T, keys string) {
		for _, name := range names {
			if err := os.RemoveAll(filepath.Join(keys, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func move(from, to string) func(*testing.T, string) {
	return func(t *testing.T, keys string) {
		if err := os.Rename(filepath.Join(keys, from), filepath.Join(keys, to)); err != nil {
			t.Fatal(err)
		}
	}
}

// empty puts an empty directory in the place of one that keeps its inode, as unmounting does.
func empty(name string) func(*testing.T, string) {
	return func(t *testing.T, keys string) {
		path := filepath.Clean(filepath.Join(keys, name))
		if err := os.Rename(path, filepath.Join(t.TempDir(), "unmounted")); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}
