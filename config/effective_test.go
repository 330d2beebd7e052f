package config_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/config"
)

func TestEffectiveNamesOrigins(t *testing.T) {
	c := sources{
		yaml:  "network: hoodi\nserver:\n  listen_port: 1\n",
		env:   []string{"CONTAINMENT_SERVER__LISTEN_PORT=2", "RUST_LOG=debug"},
		flags: map[string]string{"filesystem-keystores-path": "a,b c"},
	}.mustLoad(t)
	var out bytes.Buffer
	if err := c.Effective(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"server:\n  listen_address: \"0.0.0.0\" # default\n  listen_port: 2 # env CONTAINMENT_SERVER__LISTEN_PORT\n",
		"\nnetwork: hoodi # file line 1\n",
		"\nkey_sources:\n  filesystem:\n    paths: [\"a\", \"b c\"] # flag --filesystem-keystores-path\n",
		"  level: \"debug\" # env RUST_LOG\n",
		"  log_color: null # default\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

// What Effective prints loads to the same configuration.
func TestEffectiveLoadsAgain(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c, err := config.Load(config.Options{Flags: someFlags(rt)})
		if err != nil {
			rt.Fatal(err)
		}
		var out bytes.Buffer
		if err := c.Effective(&out); err != nil {
			rt.Fatal(err)
		}
		want := leaves(c)
		for key, got := range leaves(sources{yaml: out.String()}.mustLoad(t)) {
			if diff(got, want[key]) {
				rt.Errorf("%s: got %#v, want %#v", key, got, want[key])
			}
		}
	})
}

// someFlags draws flags that hold together: each comes with the one that it needs, and none with one that it contradicts.
func someFlags(t *rapid.T) map[string]string {
	drawn := map[string]bool{}
	for _, s := range config.Settings() {
		if !s.Secret && rapid.Bool().Draw(t, s.Key) { // a mask does not load
			drawn[s.Key] = true
			if companion := companions()[s.Key]; companion != "" {
				drawn[companion] = true
			}
		}
	}
	if drawn["network_config"] {
		delete(drawn, "network")
	} else {
		delete(drawn, "genesis_validators_root")
	}
	flags := map[string]string{}
	for _, s := range config.Settings() {
		if drawn[s.Key] {
			flags[s.Flag()] = samples()[s.Key]
		}
	}
	flags["anti-slashing-path"] = rapid.StringMatching(`[^\p{Cc}]+`).Draw(t, "path")
	return flags
}

func TestEffectiveReportsTheWriter(t *testing.T) {
	if err := (sources{}).mustLoad(t).Effective(broken{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v, want %v", err, errBroken)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }
