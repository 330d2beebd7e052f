package main_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// find returns the path of a program that a test needs. CI must have it; elsewhere the test is left out without it.
func find(t *testing.T, program, debian string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path
	}
	said := fmt.Sprintf("%s is not there; install the Debian package %s", program, debian)
	if os.Getenv("CI") != "" {
		t.Fatal(said)
	}
	t.Skip(said)
	return ""
}

// TestPromtool has Prometheus' own tool read a scrape. It may complain of names that are Web3Signer's.
func TestPromtool(t *testing.T) {
	promtool := find(t, "promtool", "prometheus")
	in := startInside(t)
	defer in.stop()
	in.status(200, in.sign(someVote(1, 2)))
	text := in.exposition()
	if len(text) > 100<<10 {
		t.Errorf("a scrape is %d bytes, want at most 100 KB", len(text))
	}
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = strings.NewReader(text)
	said, err := check.CombinedOutput()
	for line := range bytes.Lines(said) {
		if !bytes.HasPrefix(line, []byte("signing_signers_loaded_count ")) && !bytes.HasPrefix(line, []byte("eth2_slashingprotection_database_duration ")) {
			t.Errorf("promtool: %s", line)
		}
	}
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 3) { // 3: it reads it, and has an opinion
		t.Errorf("promtool: %v", err)
	}
}

// TestProfilesAreServedHere asks both servers.
func TestProfilesAreServedHere(t *testing.T) {
	in := startInside(t)
	defer in.stop()
	for url, want := range map[string]int{in.Metrics(): 200, in.API(): 404} {
		reply, err := http.Get(url + "/debug/pprof/goroutine?debug=1")
		if err != nil {
			t.Fatal(err)
		}
		in.status(want, reply.StatusCode)
		_ = reply.Body.Close()
	}
}
