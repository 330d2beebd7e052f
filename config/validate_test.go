package config_test

import (
	"strings"
	"testing"
)

func TestContradictions(t *testing.T) {
	root := "0x" + strings.Repeat("00", 32)
	for _, test := range []struct{ name, yaml, want string }{
		{"same port", "metrics: {listen_port: 9000}", "metrics.listen_port: the same address and port as server.listen_port; choose another"},
		{"same port beneath", "metrics: {listen_port: 9000, listen_address: '::1'}", "metrics.listen_port: the same address and port as server.listen_port; choose another"},
		{"same port beside", "metrics: {listen_port: 9000, listen_address: 127.0.0.1}\nserver: {listen_address: 127.0.0.2}", ""},
		{"any ports", "metrics: {listen_port: 0}\nserver: {listen_port: 0}", ""},
		{"two networks", "network: mainnet\nnetwork_config: x", "network: contradicts network_config; remove one of them"},
		{"devnet", "network_config: x\ngenesis_validators_root: " + root, ""},
		{"root alone", "genesis_validators_root: " + root, "genesis_validators_root: is known for every named network; remove it, or set network_config"},
		{"cache", "key_sources: {filesystem: {cache: {path: x, key: 'file:k'}}}", ""},
		{"cache without key", "key_sources: {filesystem: {cache: {path: x}}}", "key_sources.filesystem.cache: path and key need each other; set both, or none"},
		{"key without cache", "key_sources: {filesystem: {cache: {key: 'env:K'}}}", "key_sources.filesystem.cache: path and key need each other; set both, or none"},
		{"sealed keys", "signer_state: {backend: sqlite}\nkey_sources: {sqlite: {path: x}}", ""},
		{"sealed keys without state", "key_sources: {sqlite: {path: x}}", "key_sources.sqlite.path: its keys are under the master key, which a signer state keeps; set signer_state.backend"},
		{"state in a file", "signer_state: {backend: sqlite}", ""},
		{"state without database", "signer_state: {backend: postgres}", "signer_state.url: postgres needs it; set it, best as the variable CONTAINMENT_SIGNER_STATE__URL"},
		{"state in a database", "signer_state: {backend: postgres, url: 'postgres://a,b/c'}", ""},
		{"protection without database", "anti_slashing: {backend: postgres}", "anti_slashing.url: postgres needs it; set it, best as the variable CONTAINMENT_ANTI_SLASHING__URL"},
		{"protection without table", "anti_slashing: {backend: dynamodb}", "anti_slashing.table: dynamodb needs it; name a table of its own"},
		{"protection in a table", "anti_slashing: {backend: dynamodb, table: x}", ""},
		{"protection in the state's table", "anti_slashing: {backend: dynamodb, table: x}\nsigner_state: {backend: dynamodb, table: x}", "anti_slashing.table: the same as signer_state.table; name a table of its own"},
		{"state without table", "signer_state: {backend: dynamodb}", "signer_state.table: dynamodb needs it; name a table of its own"},
		{"state in a table", "signer_state: {backend: dynamodb, table: x}", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.want == "" {
				sources{yaml: test.yaml}.mustLoad(t)
				return
			}
			equal(t, sources{yaml: test.yaml}.complaints(t), []string{test.want})
		})
	}
}

func TestWarnings(t *testing.T) {
	const calm = "key_sources: {filesystem: {paths: [a]}}\n"
	for _, test := range []struct{ name, yaml, key string }{
		{"nothing", calm + "server: {listen_address: 127.0.0.1}", ""},
		{"localhost", calm + "server: {listen_address: localhost}", ""},
		{"open", calm, "auth.mode"},
		{"sealed keys alone", "server: {listen_address: '::1'}\nsigner_state: {backend: sqlite}\nkey_sources: {sqlite: {path: x}}", ""},
		{"no keys", "server: {listen_address: '::1'}", "key_sources.filesystem.paths"},
		{"no protection", calm + "server: {listen_address: '::1'}\nanti_slashing: {backend: noop}", "anti_slashing.backend"},
		{"stuck too late", calm + "server: {listen_address: '::1'}\nsigner_state: {backend: sqlite}\nchamber: {ceremony: {break_after_seconds: 60}}", "chamber.ceremony.stuck_after_seconds"},
		{"stuck too late, and no chamber", calm + "server: {listen_address: '::1'}\nchamber: {ceremony: {break_after_seconds: 60}}", ""},
		{"short shutdown", calm + "server: {listen_address: '::1'}\nhttp: {shutdown_timeout_seconds: 4}", "http.shutdown_timeout_seconds"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var keys []string
			for _, warning := range (sources{yaml: test.yaml}).mustLoad(t).Warnings() {
				key, _, _ := strings.Cut(warning, ":")
				keys = append(keys, key)
			}
			if got := strings.Join(keys, " "); got != test.key {
				t.Errorf("got warnings about %q, want %q", got, test.key)
			}
		})
	}
}
