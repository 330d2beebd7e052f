package config_test

import (
	"slices"
	"strings"
	"testing"

	"containment-chamber/config"
)

func TestSettingsAreComplete(t *testing.T) {
	var names []string
	for _, s := range config.Settings() {
		if !strings.HasSuffix(s.Doc, ".") || s.Type() == "" {
			t.Errorf("%s lacks a sentence or a type", s.Key)
		}
		names = append(names, s.Key, s.Env(), s.Flag())
		names = append(names, s.Aliases...)
	}
	slices.Sort(names)
	for i, name := range names[1:] {
		if name == names[i] && name != "network" { // its key and flag are alike
			t.Errorf("%s names two settings", name)
		}
	}
}
