package config

import (
	"slices"
	"strings"
	"testing"
)

func TestSectionsAreDescribed(t *testing.T) {
	var described []string
	for _, s := range sections {
		described = append(described, s.key)
		if !isSection(s.key) {
			t.Errorf("%s is no section", s.key)
		}
	}
	for _, s := range Settings() {
		section, _ := splitKey(s.Key)
		if section = strings.TrimSuffix(section, "."); section != "" && !slices.Contains(described, section) {
			t.Errorf("%s is not described", section)
		}
	}
}

// What a key was renamed to exists, now or later; what comes later does not exist yet.
func TestTablesOfKnownKeys(t *testing.T) {
	for i, r := range renamed {
		if _, ok := find(r.now); !ok && !isSection(r.now) && !isLater(r.now) {
			t.Errorf("%s was renamed to %s, which is unknown", r.old, r.now)
		}
		if now, _ := successor(r.old); now != r.now {
			t.Errorf("row %d is hidden by one before it: %s leads to %s", i, r.old, now)
		}
	}
	for _, key := range later {
		if _, ok := find(key); ok || isSection(key) {
			t.Errorf("%s is available", key)
		}
	}
}

func TestExplain(t *testing.T) {
	for key, want := range map[string]string{
		"antislashing.backend":                       "renamed; write anti_slashing.backend",
		"antislashing.sqlite_path":                   "renamed; write anti_slashing.path",
		"antislashing.pool_size":                     "renamed; write anti_slashing.pool_size",
		"auth_policies":                              "renamed to auth.policies, which is not available in this version; remove it",
		"filesystem.keystores_path":                  "renamed; write key_sources.filesystem.paths",
		"key_sources.dynamodb.table":                 "known, but not available in this version; remove it",
		"tlsx":                                       "unknown key; remove it",
		"key_sources.filesystem.raw_load_concurency": "unknown key; did you mean key_sources.filesystem.raw_load_concurrency?",
		"":        "unknown key; remove it",
		"server.": "unknown key; did you mean server?",
	} {
		if got := explain(key); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
	}
}
