package config_test

import (
	"testing"

	"containment-chamber/config"
)

func TestOnOff(t *testing.T) {
	var found int
	for _, s := range config.Settings() {
		if s.Type() != "true or false" || s.Default == "" { // without a default it may also be left open
			continue
		}
		found++
		for text, want := range map[string]bool{"true": true, "false": false} {
			if got := leaves(sources{env: []string{s.Env() + "=" + text}}.mustLoad(t))[s.Key]; got != want {
				t.Errorf("%s %s: got %v", s.Key, text, got)
			}
		}
		for _, text := range []string{"yes", "on", "1", "TRUE", "True"} {
			if _, err := (sources{env: []string{s.Env() + "=" + text}}).load(t); err == nil {
				t.Errorf("%s: %q was accepted", s.Key, text)
			}
		}
	}
	if found < 4 {
		t.Errorf("only %d settings are on or off", found)
	}
}
