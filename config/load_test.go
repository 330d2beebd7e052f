package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"containment-chamber/config"
)

// sources is a configuration in all its layers.
type sources struct {
	yaml  string
	env   []string
	flags map[string]string
}

func (s sources) load(t testing.TB) (*config.Config, error) {
	t.Helper()
	options := config.Options{Env: s.env, Flags: s.flags}
	if s.yaml != "" {
		options.File = write(t, s.yaml)
	}
	return config.Load(options)
}

func (s sources) mustLoad(t testing.TB) *config.Config {
	t.Helper()
	c, err := s.load(t)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// complaints loads what must not load, and returns the complaints without the directory of the file.
func (s sources) complaints(t testing.TB) []string {
	t.Helper()
	c, err := s.load(t)
	var invalid *config.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got error %v, want an InvalidError", err)
	}
	if c != nil {
		t.Error("a configuration came with the error")
	}
	var lines []string
	for _, line := range invalid.Complaints {
		if strings.HasPrefix(line, string(filepath.Separator)) {
			line = line[strings.Index(line, "config.yaml"):]
		}
		lines = append(lines, line)
	}
	return lines
}

func write(t testing.TB, yaml string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestPrecedence(t *testing.T) {
	const file = "server:\n  listen_port: 1\nkey_sources: {filesystem: {paths: [a, b]}}"
	env := []string{"CONTAINMENT_SERVER__LISTEN_PORT=2", "CONTAINMENT_KEY_SOURCES__FILESYSTEM__PATHS=c,d"}
	flags := map[string]string{"server-listen-port": "3", "key-sources-filesystem-paths": "e"}
	for _, test := range []struct {
		name  string
		from  sources
		port  int
		paths []string
	}{
		{"defaults", sources{}, 9000, nil},
		{"file beats defaults", sources{yaml: file}, 1, []string{"a", "b"}},
		{"environment beats file", sources{yaml: file, env: env}, 2, []string{"c", "d"}},
		{"flags beat environment", sources{yaml: file, env: env, flags: flags}, 3, []string{"e"}},
		{"flags beat file", sources{yaml: file, flags: flags}, 3, []string{"e"}},
		{"an empty flag empties a list", sources{yaml: file, flags: map[string]string{"key-sources-filesystem-paths": ""}}, 1, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := test.from.mustLoad(t)
			if got := c.Server.ListenPort; got != test.port {
				t.Errorf("got port %d, want %d", got, test.port)
			}
			if got := c.KeySources.Filesystem.Paths; !reflect.DeepEqual(got, test.paths) {
				t.Errorf("got paths %q, want %q", got, test.paths)
			}
		})
	}
}

func TestEveryComplaintAtOnceInOrder(t *testing.T) {
	equal(t, sources{
		yaml: "server:\n  listen_prot: 1\nmetrics:\n  listen_port: many\nserver: {}\ngenesis_validators_root: " + strings.Repeat("ab", 32),
		env:  []string{"CONTAINMENT_SIGNING__WORKERS=-1", "CONTAINMENT_NETWORK=holeski"},
		flags: map[string]string{
			"http-request-timeout-seconds": "61", "auth-mode": "enforced",
		},
	}.complaints(t), []string{
		"config.yaml:2:3: server.listen_prot: unknown key; did you mean server.listen_port?",
		"config.yaml:4:3: metrics.listen_port: must be a whole number from 0 to 65535",
		"config.yaml:5:1: server: given twice, first in line 1; remove one of them",
		"CONTAINMENT_NETWORK: must be one of mainnet, sepolia, hoodi, gnosis, chiado, holesky; did you mean holesky?",
		"CONTAINMENT_SIGNING__WORKERS: must be a whole number from 0 to 4096",
		"--auth-mode: enforced is not available yet; must be the word open",
		"--http-request-timeout-seconds: must be a whole number from 1 to 60",
		"genesis_validators_root: is known for every named network; remove it, or set network_config",
	})
}

func TestErrorListsComplaints(t *testing.T) {
	_, err := config.Load(config.Options{Flags: map[string]string{"auth-mode": "x", "signing-workers": "x"}})
	want := "invalid configuration:\n" +
		"  --auth-mode: must be the word open\n" +
		"  --signing-workers: must be a whole number from 0 to 4096"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFlags(t *testing.T) {
	c := sources{flags: map[string]string{"filesystem-keystores-path": "a", "anti-slashing-sqlite-path": "b"}}.mustLoad(t)
	if c.KeySources.Filesystem.Paths[0] != "a" || c.AntiSlashing.Path != "b" {
		t.Errorf("aliases were not followed: %+v", c)
	}
	equal(t, sources{flags: map[string]string{
		"anti-slashing-path": "a", "anti-slashing-sqlite-path": "b", "netwrk": "hoodi", "no-such-flag-at-all": "",
	}}.complaints(t), []string{
		"--anti-slashing-sqlite-path: sets the same as --anti-slashing-path; remove one of them",
		"--netwrk: unknown flag; did you mean --network?",
		"--no-such-flag-at-all: unknown flag; remove it",
	})
}
