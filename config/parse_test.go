package config_test

import (
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	root := strings.Repeat("aB", 32)
	for _, test := range []struct{ flag, in, want string }{
		{"logging-level", "info", "info"},
		{"logging-level", "INFO", "info"},
		{"logging-level", "off,audit=info", "off,audit=info"},
		{"logging-level", "containment_chamber::signing=Debug, http = trace", "containment_chamber::signing=debug,http=trace"},
		{"server-listen-address", "127.0.0.1", "127.0.0.1"},
		{"server-listen-address", "::", "::"},
		{"server-listen-address", "0:0:0:0:0:0:0:1", "::1"},
		{"server-listen-address", "localhost", "localhost"},
		{"genesis-validators-root", root, "0x" + strings.ToLower(root)},
		{"genesis-validators-root", "0X" + root, "0x" + strings.ToLower(root)},
		{"genesis-validators-root", "", ""},
		{"anti-slashing-path", "a b/ü", "a b/ü"},
		{"key-sources-filesystem-password-file", "", ""},
	} {
		c := sources{flags: map[string]string{test.flag: test.in, "network-config": "x"}}.mustLoad(t)
		got := map[string]string{
			"logging-level": c.Logging.Level, "server-listen-address": c.Server.ListenAddress, "anti-slashing-path": c.AntiSlashing.Path,
			"genesis-validators-root": c.GenesisValidatorsRoot, "key-sources-filesystem-password-file": c.KeySources.Filesystem.PasswordFile,
		}[test.flag]
		if got != test.want {
			t.Errorf("--%s %q: got %q, want %q", test.flag, test.in, got, test.want)
		}
	}
}

func TestTextsThatAreRefused(t *testing.T) {
	for flag, values := range map[string][]string{
		"logging-level": {"", ",", "loud", "info,", "=info", "a=", "a=loud", "a b=info", "a:b=info", "a::=info", "hyper", "[span]=info", "a=b=info"},
		"server-listen-address": {
			"", "0.0.0.0:9000", "example.org", "[::1]", "1.2.3", "256.1.1.1", "::1%a\x00",
		},
		"genesis-validators-root": {"0x", "0x" + strings.Repeat("0", 63), strings.Repeat("g", 64), "0x0x" + strings.Repeat("0", 64)},
		"anti-slashing-path":      {"", "a\x00b", "a\nb", "\xff"},
		"network":                 {"", "Mainnet", "main net"},
		"signing-workers":         {"", "-1", "4097", "1e3", "0x10", "9999999999999999999999", "１"},
		"logging-log-color":       {"yes", "TRUE", "null"},
		"logging-format":          {"", "xml"},

		"key-sources-filesystem-paths":         {"a,,b", ",", "\xff"},
		"key-sources-filesystem-password-file": {"a\rb"},
		"key-sources-filesystem-cache-key": {
			strings.Repeat("ab", 32), "0x00", "file", "file:", "env:", "env:A=B", "env:A B", "env:CONTAINMENT_KEY", "vault:x", "FILE:x", ":x",
		},
	} {
		for _, value := range values {
			if got := (sources{flags: map[string]string{flag: value, "network-config": "x"}}).complaints(t)[0]; !strings.HasPrefix(got, "--"+flag+": must be ") {
				t.Errorf("--%s %q: got %s", flag, value, got)
			}
		}
	}
}
