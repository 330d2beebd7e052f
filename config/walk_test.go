package config_test

import (
	"reflect"
	"strings"
	"testing"
)

func diff(a, b any) bool { return !reflect.DeepEqual(a, b) }

func TestMistakesInFile(t *testing.T) {
	for _, test := range []struct{ name, yaml, want string }{
		{"slip", "netwrok: hoodi", "1:1: netwrok: unknown key; did you mean network?"},
		{"hyphen", "anti-slashing: {}", "1:1: anti-slashing: unknown key; did you mean anti_slashing?"},
		{"upper case", "Server: {}", "1:1: Server: unknown key; did you mean server?"},
		{"wrong section", "listen_port: 1", "1:1: listen_port: unknown key; did you mean server.listen_port?"},
		{"part of a name", "server:\n  port: 1", "2:3: server.port: unknown key; did you mean server.listen_port?"},
		{"nonsense", "frobnicate: 1", "1:1: frobnicate: unknown key; remove it"},
		{"not like a key", "'a secret!': 1", "1:1: unknown key; remove it"},
		{"duplicate", "network: hoodi\nauth: {}\nnetwork: hoodi", "3:1: network: given twice, first in line 1; remove one of them"},
		{"dotted", "server.listen_port: 1", "1:1: server.listen_port: a key has no dots; indent each section beneath the other"},
		{"section as scalar", "server: 9000", "1:9: server: must be a section: indented lines of key: value"},
		{"document as scalar", "hunter2", "1:1: must be a section: indented lines of key: value"},
		{"number as text", "signing: {workers: all}", "1:11: signing.workers: must be a whole number from 0 to 4096"},
		{"number as list", "signing: {workers: [1]}", "1:11: signing.workers: must be a whole number from 0 to 4096"},
		{"number as section", "signing:\n  workers:\n    a: 1", "2:3: signing.workers: must be a whole number from 0 to 4096"},
		{"number with point", "signing: {workers: 1.5}", "1:11: signing.workers: must be a whole number from 0 to 4096"},
		{"list as scalar", "key_sources: {filesystem: {paths: a}}", "1:28: key_sources.filesystem.paths: must be a list of texts, none of them empty"},
		{"list in list", "key_sources: {filesystem: {paths: [[a]]}}", "1:28: key_sources.filesystem.paths: must be a list of texts, none of them empty"},
		{"nothing in list", "key_sources: {filesystem: {paths: [a, ]}}", ""},
		{"null in list", "key_sources: {filesystem: {paths: [~]}}", "1:28: key_sources.filesystem.paths: must be a list of texts, none of them empty"},
		{"anchor", "network: &x hoodi", "1:1: network: anchors, aliases and tags are not supported; write the value out"},
		{"tag", "network: !!str hoodi", "1:1: network: anchors, aliases and tags are not supported; write the value out"},
		{"second document", "network: hoodi\n---\nserver: {}", "3:7: second document; keep everything in one, without ---"},
		{"renamed", "antislashing: {backend: sqlite}", "1:1: antislashing: renamed; write anti_slashing"},
		{"not yet", "tls: {mode: file}", "1:1: tls: known, but not available in this version; remove it"},
		{"mode not yet", "auth: {mode: enforced}", "1:8: auth.mode: enforced is not available yet; must be the word open"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.want == "" {
				sources{yaml: test.yaml}.mustLoad(t)
				return
			}
			equal(t, sources{yaml: test.yaml}.complaints(t), []string{"config.yaml:" + test.want})
		})
	}
}

// The key decides how its text is read, not YAML's guess.
func TestScalars(t *testing.T) {
	root := "0x" + strings.Repeat("0123456789abcdef", 4)
	c := sources{yaml: "network_config: 2024-01-01\ngenesis_validators_root: " + root + `
logging: {level: off, log_color: "false"}
signing: {workers: "7"}
key_sources:
  filesystem:
    password_file: |-
      no
    paths: [1, 1.0, true, 'a b', "c\u00e9", .inf]
`}.mustLoad(t)
	got := []any{c.NetworkConfig, c.GenesisValidatorsRoot, c.Logging.Level, *c.Logging.LogColor, c.Signing.Workers,
		c.KeySources.Filesystem.PasswordFile, c.KeySources.Filesystem.Paths}
	want := []any{"2024-01-01", root, "off", false, 7, "no", []string{"1", "1.0", "true", "a b", "cé", ".inf"}}
	if diff(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNoComplaintRepeatsAValue(t *testing.T) {
	const secret = "hunter2"
	for _, yaml := range []string{
		"server: hunter2", "network: hunter2", "signing: {workers: hunter2}", "logging: {level: hunter2}", "logging: {log_color: hunter2}",
		"server: {listen_address: hunter2}", "key_sources: {filesystem: {paths: hunter2}}", "auth: {mode: hunter2}", "tls: {key: hunter2}",
		"frobnicate: hunter2", "frobnicate: hunter2\nserver:\n\tport: 1", "a: hunter2\nb: \"hunter2", "a: [hunter2\nb: }", "hunter2", "- hunter2",
		"genesis_validators_root: hunter2", "network: &a hunter2", "network: !hunter2 a", "%YAML hunter2\n---\n", "auth: *hunter2",
		"network: hoodi\nnetwork: hunter2",
	} {
		for _, complaint := range (sources{yaml: yaml}).complaints(t) {
			if strings.Contains(complaint, secret) {
				t.Errorf("%q: %s", yaml, complaint)
			}
		}
	}
}
