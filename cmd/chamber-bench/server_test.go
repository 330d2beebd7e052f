package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// stub writes a program that stands for a server.
func stub(t *testing.T, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "server")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestServerIsStartedAndEnded starts a stub that says what it was given, and ends when it is told.
func TestServerIsStartedAndEnded(t *testing.T) {
	const script = `
echo "$*" > "$0.arguments"
echo 'not JSON'
echo '{"msg":"other","address":"1.2.3.4:5"}'
echo '{"msg":"ready to sign","address":"127.0.0.1:1","metrics":"127.0.0.1:2"}' >&2
trap 'echo ended > "$0.ended"; exit 0' TERM
while :; do sleep 0.01; done
`
	binary, dir := stub(t, script), t.TempDir()
	s, err := launch{binary: binary, dir: dir, network: "hoodi", keys: 2, flags: []string{"--more"}}.start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if s.url != "http://127.0.0.1:1" || s.metrics != "http://127.0.0.1:2/metrics" {
		t.Errorf("it listens on %s and %s", s.url, s.metrics)
	}
	s.stop()
	arguments, err := os.ReadFile(binary + ".arguments")
	if err != nil || !strings.HasPrefix(string(arguments), "server --network hoodi") || !strings.HasSuffix(string(arguments), " --more\n") {
		t.Errorf("the arguments are %q (%v)", arguments, err)
	}
	if _, err := os.Stat(binary + ".ended"); err != nil {
		t.Errorf("it was not ended in order: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestServerThatDoesNotStart(t *testing.T) {
	dir := t.TempDir()
	_, err := launch{binary: stub(t, "echo what is wrong; exit 3"), dir: dir, keys: 1}.start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "what is wrong") {
		t.Errorf("the error is %v", err)
	}
	if _, err := (launch{binary: filepath.Join(dir, "absent"), dir: dir, keys: 1}).start(t.Context()); err == nil {
		t.Error("an absent program was started")
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}
