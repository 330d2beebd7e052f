package main_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestDevCommandsWorkAsPasted runs what --dev prints, as it is printed, in the shell of whoever reads it.
func TestDevCommandsWorkAsPasted(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: what --dev prints needs it", tool)
		}
	}
	p := start(t, t.TempDir())
	var printed string
	for !strings.Contains(printed, "Ctrl-C") && p.printed.Scan() {
		printed += p.printed.Text() + "\n"
	}
	if !strings.Contains(printed, "DEVELOPMENT MODE") || !strings.Contains(printed, "Never use it with real keys") {
		t.Errorf("it does not say loudly what it is:\n%s", printed)
	}
	var commands []string
	for line := range strings.Lines(printed) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "curl ") {
			commands = append(commands, line)
		}
	}
	if len(commands) != 3 {
		t.Fatalf("%d commands in\n%s", len(commands), printed)
	}
	paste := func(command, want string) {
		t.Helper()
		out, err := exec.Command("bash", "-c", command).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("$ %s\n%s\n%v, want %s", command, out, err, want)
		}
	}
	list, sign, metrics := commands[0], commands[1], commands[2]
	paste(list, devKey(3))
	paste(sign, `{"signature":"0x`)
	paste(sign, `{"signature":"0x`) // a repeat is no offence
	paste(metrics, `containment_signing_requests_total{operation="ATTESTATION",status="signed"} 2`)
	// What comes next, according to the text: another head is a double vote.
	paste(strings.Replace(sign, `"beacon_block_root":"0x01`, `"beacon_block_root":"0x02`, 1), "double_vote")
	p.stop(t, os.Interrupt, 0)
}

// TestDevAgain: the keys and the history of --dev are there after a restart.
func TestDevAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, dir)
	first.sign(t, devKey(0), block(9, 1)).expect(t, 200, "0x")
	first.stop(t, syscall.SIGTERM, 0)
	second := start(t, dir)
	second.sign(t, devKey(0), block(9, 2)).expect(t, 412, "double_proposal")
	second.sign(t, devKey(0), block(9, 1)).expect(t, 200, "0x")
	second.stop(t, syscall.SIGTERM, 0)
}
