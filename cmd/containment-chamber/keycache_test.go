package main

import (
	"bytes"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// cached sets the cache up, loads every keystore through it, saves it, and returns what was logged.
func cached(t *testing.T, keystores string, cfg config.KeyCache, env ...string) (log string, err error) {
	t.Helper()
	var out bytes.Buffer
	s := &signer{log: slog.New(slog.NewTextHandler(&out, nil))}
	var to keys.Config
	if err := s.cacheKeys(env, cfg, &to); err != nil || cfg.Path == "" {
		if to.Load != nil || to.Loaded != nil {
			t.Error("without a cache, something was put before the keystores")
		}
		return out.String(), err
	}
	var inUse []messages.PublicKey
	for _, candidate := range directory.Scan([]string{keystores}, directory.Options{}).Candidates {
		key, err := to.Load(candidate)
		if err != nil {
			t.Fatal(err)
		}
		inUse = append(inUse, key.PublicKey())
	}
	to.Loaded(inUse)
	return out.String(), nil
}

func TestKeyCache(t *testing.T) {
	dir := t.TempDir()
	text, err := keystore.Encrypt(interopSecret(1), []byte("password"), keystore.Config{Cost: 2})
	if err != nil {
		t.Fatal(err)
	}
	digits := strings.Repeat("5e", 32)
	for name, content := range map[string]string{
		"keys/1.json": string(text), "keys/1.txt": "password", "key": digits + "\n", "bad.key": "a password", "notes": "dear diary",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	edit := func(name string) {
		content, err := os.ReadFile(at(name))
		if err != nil {
			t.Fatal(err)
		}
		content[200] ^= 1
		if err := os.WriteFile(at(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name          string
		before        func()
		cfg           config.KeyCache
		logged, error string
	}{
		{name: "off"},
		{name: "first start", cfg: config.KeyCache{Path: at("cache"), Key: "file:" + at("key")}, logged: "keystores=0|key cache written"},
		{name: "second start", cfg: config.KeyCache{Path: at("cache"), Key: "file:" + at("key")}, logged: "keystores=1"},
		{name: "key of a variable", cfg: config.KeyCache{Path: at("cache"), Key: "env:CACHE_KEY"}, logged: "keystores=1"},
		{name: "edited", before: func() { edit("cache") }, cfg: config.KeyCache{Path: at("cache"), Key: "env:CACHE_KEY"}, logged: "key cache ignored|key cache written"},
		{name: "another key", cfg: config.KeyCache{Path: at("cache"), Key: "env:OTHER_KEY"}, logged: "key cache ignored|key cache written"},
		{name: "no cache", cfg: config.KeyCache{Path: at("notes"), Key: "env:CACHE_KEY"}, logged: "key cache ignored|key cache not written"},
		{name: "no key", cfg: config.KeyCache{Path: at("cache"), Key: "file:" + at("gone")}, error: "key_sources.filesystem.cache.key: open"},
		{name: "a password", cfg: config.KeyCache{Path: at("cache"), Key: "file:" + at("bad.key")}, error: "key_sources.filesystem.cache.key: file:"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.before != nil {
				test.before()
			}
			log, err := cached(t, at("keys"), test.cfg, "CACHE_KEY="+digits, "OTHER_KEY="+strings.Repeat("0", 64))
			if (err != nil) != (test.error != "") || err != nil && !strings.HasPrefix(err.Error(), test.error) {
				t.Fatalf("got %v, want %q", err, test.error)
			}
			lines := strings.Split(strings.TrimSuffix(log, "\n"), "\n")
			for i, want := range strings.Split(test.logged, "|") {
				if i >= len(lines) || !strings.Contains(lines[i], want) {
					t.Errorf("line %d of the log lacks %q", i, want)
				}
			}
			if t.Failed() || strings.Contains(log, digits) || strings.Contains(log, hex.EncodeToString(interopSecret(1))) {
				t.Errorf("logged:\n%s", log)
			}
		})
	}
}
