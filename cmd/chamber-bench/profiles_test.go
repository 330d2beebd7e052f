package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/telemetry"
)

// TestProfiles takes the profiles of the fake, which runs in this process.
func TestProfiles(t *testing.T) {
	metrics := httptest.NewServer(telemetry.WithProfiles(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	defer metrics.Close()
	dir := filepath.Join(t.TempDir(), "new")
	code, _, stderr := bench(t, brief(newFake(t, 8).serve(t), "--duration", "1s", "--metrics-url", metrics.URL+"/metrics", "--profiles", dir)...)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, name := range []string{"cpu.pprof", "heap.pprof"} {
		profile, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !strings.HasPrefix(string(profile), "\x1f\x8b") { // profile.proto is compressed by gzip
			t.Errorf("%s: %d bytes that are no profile (%v)", name, len(profile), err)
		}
	}
}

// TestProfilesThatAreOff says so before any load.
func TestProfilesThatAreOff(t *testing.T) {
	metrics := httptest.NewServer(http.NotFoundHandler())
	defer metrics.Close()
	f := newFake(t, 8)
	code, stdout, stderr := bench(t, brief(f.serve(t), "--metrics-url", metrics.URL+"/metrics", "--profiles", t.TempDir())...)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "metrics.pprof: true") || !strings.Contains(stderr, "404") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
