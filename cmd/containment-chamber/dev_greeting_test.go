package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	program "containment-chamber/cmd/containment-chamber"
)

// shell is where somebody pastes what a signer for development prints.
type shell struct {
	*testing.T
	dir     string
	printed string
	env     []string
}

// newShell reads what a signer prints at its start.
func newShell(t *testing.T, p *process, dir string, env ...string) *shell {
	t.Helper()
	find(t, "bash", "bash")
	find(t, "curl", "curl")
	s := &shell{T: t, dir: dir, env: append(env, "PATH="+os.Getenv("PATH"))}
	for !strings.Contains(s.printed, "Ctrl-C") && p.printed.Scan() {
		s.printed += p.printed.Text() + "\n"
	}
	if !strings.Contains(s.printed, "DEVELOPMENT MODE") || !strings.Contains(s.printed, "Never use it with real keys") {
		t.Errorf("it does not say loudly what it is:\n%s", s.printed)
	}
	return s
}

// command is the one command that is printed and holds all words.
func (s *shell) command(words ...string) string {
	s.Helper()
	var found []string
	for line := range strings.Lines(s.printed) {
		line, command := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "    ")
		for _, word := range words {
			command = command && strings.Contains(line, word)
		}
		if command {
			found = append(found, line)
		}
	}
	if len(found) != 1 {
		s.Fatalf("%q is in %d commands of\n%s", words, len(found), s.printed)
	}
	return found[0]
}

// paste runs a command until it says what is wanted: what follows a ceremony may take a moment.
func (s *shell) paste(command, want string) string {
	s.Helper()
	for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		c := exec.Command("bash", "-c", command)
		c.Dir, c.Env = s.dir, s.env
		out, err := c.CombinedOutput()
		if err == nil && strings.Contains(string(out), want) {
			return string(out)
		}
		changes := strings.HasPrefix(command, "curl ") || strings.Contains(command, "operator status")
		if !changes || time.Now().After(until) {
			s.Fatalf("$ %s\n%s\n%v, want %s", command, out, err, want)
		}
	}
}

// TestDevCommandsWorkAsPasted runs what --dev prints, as it is printed, in the shell of whoever reads it.
func TestDevCommandsWorkAsPasted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := start(t, dir)
	s := newShell(t, p, dir)
	list, sign, metrics := s.command("curl", "publicKeys"), s.command("curl", "/sign/"), s.command("curl", "metrics")
	status, seal, unseal := s.command("operator status"), s.command("operator seal"), s.command("operator unseal")
	if commands := strings.Count(s.printed, "\n    "); commands != 6 {
		t.Fatalf("%d commands in\n%s", commands, s.printed)
	}
	s.paste(list, devKey(3))
	s.paste(sign, `{"signature":"0x`)
	s.paste(sign, `{"signature":"0x`) // a repeat is no offence
	s.paste(metrics, `containment_signing_requests_total{operation="ATTESTATION",status="signed"} 2`)
	s.paste(status, "4 from sqlite")
	s.paste(seal, "done: the chamber is sealed")
	s.paste(sign, `"error":"sealed"`)
	s.paste(status, "reason: trying it out")
	s.paste(unseal, "done: the chamber is unsealed")
	s.paste(sign, `{"signature":"0x`)
	// What comes next, according to the text: another head is a double vote.
	s.paste(strings.Replace(sign, `"beacon_block_root":"0x01`, `"beacon_block_root":"0x02`, 1), "double_vote")
	s.paste("containment-chamber audit verify "+filepath.Join("dev-data", "audit.jsonl"), "")
	p.stop(t, os.Interrupt, 0)
}

// TestDevAfterASeal: it stays sealed over a restart, and the greeting says so.
func TestDevAfterASeal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, dir)
	s := newShell(t, first, dir)
	s.paste(s.command("operator seal"), "done: the chamber is sealed")
	first.stop(t, syscall.SIGTERM, 0)
	second := start(t, dir)
	second.sign(t, devKey(0), block(9, 1)).expect(t, 503, "sealed")
	s = newShell(t, second, dir)
	if !strings.Contains(s.printed, "The chamber is sealed.") {
		t.Error(s.printed)
	}
	s.paste(s.command("operator status"), "reason: trying it out")
	s.paste(s.command("operator unseal"), "done: the chamber is unsealed")
	for second.sign(t, devKey(0), block(9, 1)).status != 200 { // the keys are being opened
	}
}

// TestDevAddresses: what is printed reaches a server, wherever it listens.
func TestDevAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:9000": "http://127.0.0.1:9000", "0.0.0.0:9000": "http://localhost:9000", "[::]:9000": "http://localhost:9000",
		"[::1]:9000": "http://[::1]:9000", "192.0.2.7:9000": "http://192.0.2.7:9000",
	} {
		if got := program.Reached(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
