package directory_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"containment-chamber/actors/keys/directory"
)

func TestPaths(t *testing.T) {
	root := plant(t, map[string]string{
		"alice.yaml": raw(aliceSecret), "dir/bob.json": honest(t, bobSecret), "dir/bob.txt": password,
		"notes": "", "link": "-> dir", "empty/": "",
	})
	notExist := ": file does not exist: correct the path, or mount what belongs there"
	tests := map[string]struct{ paths, want []string }{
		"a descriptor":     {[]string{"alice.yaml"}, []string{"alice.yaml: alice"}},
		"a keystore":       {[]string{"dir/bob.json"}, []string{"dir/bob.json: bob"}},
		"an empty one":     {[]string{"empty"}, nil},
		"a linked one":     {[]string{"link"}, []string{"link/bob.json: bob"}},
		"one twice":        {[]string{"link", "dir", ".", "dir/../dir"}, []string{"alice.yaml: alice", "link/bob.json: bob"}},
		"a missing one":    {[]string{"gone", "dir"}, []string{"dir/bob.json: bob", "gone" + notExist}},
		"below a file":     {[]string{"alice.yaml/keys"}, []string{"alice.yaml/keys: cannot be read: not a directory"}},
		"of unknown kind":  {[]string{"notes"}, []string{"notes: neither a directory, nor a .yaml or .yml descriptor, nor a .json keystore"}},
		"a password alone": {[]string{"dir/bob.txt"}, []string{"dir/bob.txt: neither a directory, nor a .yaml or .yml descriptor, nor a .json keystore"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var paths []string
			for _, path := range test.paths {
				paths = append(paths, filepath.Join(root, path))
			}
			if diff := cmp.Diff(test.want, found(t, root, directory.Options{}, paths...)); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRelativePath(t *testing.T) {
	root := plant(t, map[string]string{"keys/alice.yaml": raw(aliceSecret)})
	t.Chdir(root)
	if got := found(t, root, directory.Options{}, "keys"); len(got) != 1 || got[0] != "keys/alice.yaml: alice" {
		t.Fatalf("found %q", got)
	}
}

func TestNoPaths(t *testing.T) {
	if l := directory.Scan(nil, directory.Options{}); len(l.Candidates)+len(l.Failures) != 0 {
		t.Fatalf("found %v, %v", l.Candidates, l.Failures)
	}
}

// A volume as Kubernetes projects it: the files lie in a directory of their own, to which ..data points.
func TestKubernetesVolume(t *testing.T) {
	check(t, map[string]string{
		"..2026_11_22/alice.yaml":     encrypted("alice.json", "alice.password"),
		"..2026_11_22/alice.json":     honest(t, aliceSecret),
		"..2026_11_22/alice.password": password,
		"..data":                      "-> ..2026_11_22",
		"alice.yaml":                  "-> ..data/alice.yaml",
		"alice.json":                  "-> ..data/alice.json",
		"alice.password":              "-> ..data/alice.password",
	}, "alice.yaml: alice")
}
