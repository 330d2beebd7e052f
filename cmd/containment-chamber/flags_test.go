package main

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"containment-chamber/config"
)

// TestEveryKeyIsAFlag: what the file can say, the command line can say, under the same name and the aliases.
func TestEveryKeyIsAFlag(t *testing.T) {
	t.Parallel()
	for _, s := range config.Settings() {
		for _, flag := range append(s.Aliases, s.Flag()) {
			set := newFlagSet(config.Settings())
			parser, err := kong.New(&struct{ kong.Plugins }{kong.Plugins{set.values}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse([]string{"--" + flag + "=a value"}); err != nil {
				t.Errorf("--%s: %v", flag, err)
			}
			if got := set.given(); !maps.Equal(got, map[string]string{s.Flag(): "a value"}) {
				t.Errorf("--%s gives %v", flag, got)
			}
		}
	}
}

// TestSwitches: what is true or false is true without a value.
func TestSwitches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want map[string]string
	}{
		{nil, map[string]string{}},
		{[]string{"--metrics-pprof", "--opentelemetry-enabled"}, map[string]string{"metrics-pprof": "true", "opentelemetry-enabled": "true"}},
		{[]string{"--metrics-pprof=false"}, map[string]string{"metrics-pprof": "false"}},
	} {
		set := newFlagSet(config.Settings())
		parser, err := kong.New(&struct{ kong.Plugins }{kong.Plugins{set.values}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(test.args); err != nil {
			t.Errorf("%q: %v", test.args, err)
		}
		if got := set.given(); !maps.Equal(got, test.want) {
			t.Errorf("%q gives %v", test.args, got)
		}
	}
}

// TestOfflineFlags: a tool takes nothing that it would not heed.
func TestOfflineFlags(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, s := range selected(ofHistory) {
		keys = append(keys, s.Key)
	}
	want := []string{"network", "network_config", "genesis_validators_root",
		"aws.region", "aws.endpoint_url", "anti_slashing.backend", "anti_slashing.path", "anti_slashing.url", "anti_slashing.pool_size",
		"anti_slashing.force_ipv4", "anti_slashing.table", "anti_slashing.hmac_key"}
	if !slices.Equal(keys, want) {
		t.Errorf("got %s, want %s", strings.Join(keys, " "), strings.Join(want, " "))
	}
}
