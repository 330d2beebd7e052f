package config_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"containment-chamber/config"
)

// samples holds a value for each key, other than its default, as a variable or flag gives it.
func samples() map[string]string {
	return map[string]string{
		"server.listen_address":                            "::1",
		"server.listen_port":                               "1",
		"http.request_timeout_seconds":                     "2",
		"http.max_body_bytes":                              "2048",
		"http.max_concurrent_requests":                     "3",
		"http.max_connections":                             "12",
		"http.idle_timeout_seconds":                        "100",
		"http.shutdown_timeout_seconds":                    "26",
		"http.trusted_proxies":                             "192.0.2.1,fd00::/8",
		"signing.max_concurrent":                           "4",
		"signing.workers":                                  "5",
		"signing.group_window_milliseconds":                "6",
		"signing.group_size":                               "7",
		"metrics.listen_address":                           "localhost",
		"metrics.listen_port":                              "8",
		"metrics.refresh_interval_seconds":                 "9",
		"metrics.pprof":                                    "true",
		"network":                                          "hoodi",
		"network_config":                                   "devnet/config.yaml",
		"genesis_validators_root":                          "0x" + strings.Repeat("0a", 32),
		"canary_keys":                                      "0x" + strings.Repeat("0b", 48),
		"key_sources.filesystem.paths":                     "keys,more keys",
		"key_sources.filesystem.password_file":             "password.txt",
		"key_sources.filesystem.password_dir":              "passwords",
		"key_sources.filesystem.keystore_load_concurrency": "10",
		"key_sources.filesystem.raw_load_concurrency":      "11",
		"key_sources.filesystem.cache.path":                "cache",
		"key_sources.filesystem.cache.key":                 "file:cache.key",
		"key_sources.sqlite.path":                          "keys.sqlite",
		"key_sources.sqlite.refresh_interval_seconds":      "16",
		"signer_state.backend":                             "sqlite",
		"signer_state.path":                                "state.sqlite",
		"signer_state.url":                                 "postgres://signer:secret@database/signer",
		"signer_state.pool_size":                           "13",
		"signer_state.force_ipv4":                          "true",
		"signer_state.table":                               "containment-state",
		"signer_state.refresh_interval_seconds":            "14",
		"signer_state.unseal_timeout_minutes":              "15",
		"chamber.ceremony.stuck_after_seconds":             "16",
		"chamber.ceremony.break_after_seconds":             "17",
		"chamber.ceremony.allowed_cidrs":                   "10.0.0.0/8,::1",
		"aws.region":                                       "eu-central-1",
		"aws.endpoint_url":                                 "http://localhost:4566",
		"anti_slashing.backend":                            "noop",
		"anti_slashing.path":                               "history.sqlite",
		"anti_slashing.url":                                "postgres://signer:secret@database/slashing",
		"anti_slashing.pool_size":                          "18",
		"anti_slashing.force_ipv4":                         "true",
		"anti_slashing.table":                              "history",
		"anti_slashing.hmac_key":                           "file:rows.key",
		"anti_slashing.high_water_file":                    "high.water",
		"anti_slashing.prune.keep_epochs":                  "18",
		"anti_slashing.prune.interval_minutes":             "19",
		"watchdog.give_up_seconds":                         "12",
		"auth.mode":                                        "open",
		"audit.file":                                       "audit.jsonl",
		"logging.level":                                    "off,audit=info",
		"logging.format":                                   "json",
		"logging.log_color":                                "true",
		"opentelemetry.enabled":                            "true",
		"opentelemetry.endpoint":                           "https://collector:9999",
		"opentelemetry.service_name":                       "signer-2",
		"opentelemetry.sample_ratio":                       "0.25",
	}
}

// unit is the end of a key that a field leaves out.
var unit = regexp.MustCompile("_(milliseconds|seconds|minutes)$")

// companions holds, for keys that are of no use alone, the one that they need.
func companions() map[string]string {
	return map[string]string{
		"key_sources.filesystem.cache.path": "key_sources.filesystem.cache.key",
		"key_sources.filesystem.cache.key":  "key_sources.filesystem.cache.path",
		"key_sources.sqlite.path":           "signer_state.backend",
	}
}

// leaves lists the exported fields of a configuration by key, without a unit at the end, and their values as text.
func leaves(c *config.Config) map[string]any {
	found := map[string]any{}
	collect(found, "", reflect.ValueOf(*c))
	return found
}

func collect(found map[string]any, prefix string, v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch {
		case !field.IsExported():
		case field.Type.Kind() == reflect.Struct:
			collect(found, prefix+snake(field.Name)+".", v.Field(i))
		default:
			found[prefix+snake(field.Name)] = v.Field(i).Interface()
		}
	}
}

func snake(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range name {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Each key sets the one field that is named after it, and each field has its key.
func TestKeysAndFieldsMatch(t *testing.T) {
	before := leaves(sources{}.mustLoad(t))
	var reached int
	for _, s := range config.Settings() {
		sample, ok := samples()[s.Key]
		if !ok {
			t.Errorf("%s has no sample", s.Key)
			continue
		}
		field := unit.ReplaceAllString(s.Key, "")
		if _, ok := before[field]; !ok {
			t.Errorf("%s has no field", s.Key)
		}
		reached++
		if s.Key == "auth.mode" { // it has but one choice
			continue
		}
		env := []string{s.Env() + "=" + sample}
		base := before
		if s.Key == "genesis_validators_root" { // it needs a devnet
			env = append(env, "CONTAINMENT_NETWORK_CONFIG=x")
			base = leaves(sources{env: env[1:]}.mustLoad(t))
		}
		companion := companions()[s.Key]
		if companion != "" {
			env = append(env, "CONTAINMENT_"+strings.ToUpper(strings.ReplaceAll(companion, ".", "__"))+"="+samples()[companion])
		}
		for name, value := range leaves(sources{env: env}.mustLoad(t)) {
			changed := diff(value, base[name])
			givesWay := s.Key == "network_config" && name == "network"
			if changed != (name == field || name == companion || givesWay) {
				t.Errorf("%s: field %s is %v, was %v", s.Key, name, value, base[name])
			}
		}
	}
	if reached != len(before) {
		t.Errorf("%d keys for %d fields", reached, len(before))
	}
}

func TestUnits(t *testing.T) {
	c := sources{}.mustLoad(t)
	for _, test := range []struct {
		key       string
		got, want time.Duration
	}{
		{"http.request_timeout_seconds", c.HTTP.RequestTimeout, 5 * time.Second},
		{"http.idle_timeout_seconds", c.HTTP.IdleTimeout, 90 * time.Second},
		{"http.shutdown_timeout_seconds", c.HTTP.ShutdownTimeout, 25 * time.Second},
		{"signing.group_window_milliseconds", c.Signing.GroupWindow, 3 * time.Millisecond},
		{"watchdog.give_up_seconds", c.Watchdog.GiveUp, time.Minute},
		{"metrics.refresh_interval_seconds", c.Metrics.RefreshInterval, 30 * time.Second},
		{"key_sources.sqlite.refresh_interval_seconds", c.KeySources.SQLite.RefreshInterval, time.Second},
		{"signer_state.refresh_interval_seconds", c.SignerState.RefreshInterval, time.Second},
		{"signer_state.unseal_timeout_minutes", c.SignerState.UnsealTimeout, 30 * time.Minute},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %v, want %v", test.key, test.got, test.want)
		}
	}
}
