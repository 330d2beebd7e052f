package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/config"
)

func TestFilesThatSayNothing(t *testing.T) {
	want := leaves(sources{}.mustLoad(t))
	for _, yaml := range []string{"\n", "# only a comment\n", "---\n", "null", "{}", "server:\n", "network:\nserver: {listen_port: }", "\ufeff", "--- \n---\n"} {
		got := leaves(sources{yaml: yaml}.mustLoad(t))
		for key := range want {
			if diff(got[key], want[key]) {
				t.Errorf("%q: %s is %v, want %v", yaml, key, got[key], want[key])
			}
		}
	}
}

func TestUnusableFiles(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct{ name, path, want string }{
		{"missing", filepath.Join(dir, "absent.yaml"), "absent.yaml: cannot be read: no such file or directory; give the path of a YAML file"},
		{"directory", dir, ": cannot be read: is a directory; give the path of a YAML file"},
		{"not UTF-8", write(t, "network: \xff\xfe"), "config.yaml: not UTF-8 text; save it as UTF-8"},
		{"huge", write(t, strings.Repeat("#", 64<<10+1)), "config.yaml: larger than 64 KiB; is it the right file?"},
		{"deep", write(t, strings.Repeat("[", 17)), "config.yaml:1:17: brackets nested too deeply; is it the right file?"},
		{"syntax", write(t, "server:\n  a: b: c\n"), "config.yaml:2:6: not valid YAML: mapping value is not allowed in this context"},
		{"quoting block header", write(t, "network: |hunter2\n"), "config.yaml:1:10: not valid YAML: invalid header option"},
		{"quoting syntax error", write(t, "%YAML hunter2\n---\n"), "config.yaml:1:7: not valid YAML: unknown YAML version"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Load(config.Options{File: test.path})
			if err == nil || !strings.HasSuffix(err.Error(), test.want) {
				t.Errorf("got %v, want …%s", err, test.want)
			}
		})
	}
}

func TestJSONIsYAML(t *testing.T) {
	c := sources{yaml: `{"server": {"listen_port": 1}, "key_sources": {"filesystem": {"paths": ["a"]}}}`}.mustLoad(t)
	if c.Server.ListenPort != 1 || len(c.KeySources.Filesystem.Paths) != 1 {
		t.Errorf("got %+v", c)
	}
}

// A secret stands beside every kind of mistake; no complaint may repeat it. It has letters that no key has, because an
// unknown key is named.
func FuzzFile(f *testing.F) {
	const secret = "Correct/Horse+Battery"
	f.Add("network: x", "listen_prot: 1")
	f.Add("server:\n  - a", "a: b: c")
	f.Add("? a\n: *b", "&c !d e")
	f.Add("\"\\q", "'")
	f.Add("[{a: [", "|\n x")
	f.Add("%TAG", "---\n...")
	f.Add(config.Reference(), "server.listen_port: 1")
	f.Fuzz(func(t *testing.T, before, after string) {
		_, err := config.Load(config.Options{File: write(t, before+"\npassword: "+secret+"\n"+after)})
		if err != nil && strings.Contains(err.Error(), secret) && !strings.Contains(before+after, secret) {
			t.Errorf("the error holds the secret: %v", err)
		}
	})
}
