package main_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	program "containment-chamber/cmd/containment-chamber"
	"containment-chamber/messages"
)

// TestAuditFile signs, rotates the file as logrotate does, and verifies; then somebody edits it.
func TestAuditFile(t *testing.T) {
	in := startInside(t)
	file, moved := in.path("audit/audit.jsonl"), in.path("audit/audit.jsonl.1")
	in.status(200, in.sign(someVote(1, 2)))
	in.status(412, in.sign(someVote(2, 2)))
	in.awaitValue(`containment_audit_events_total{event="signing request"}`, 2)
	if err := os.Rename(file, moved); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	in.awaitValue(`containment_audit_events_total{event="audit file opened"}`, 2)
	in.status(404, in.post("/api/v1/eth2/sign/"+messages.PublicKey{0xaa}.String(), someVote(1, 3)))
	in.stop()

	stdout, stderr, code := program.Run(t.Context(), nil, "audit", "verify", moved, file)
	if code != 0 || !strings.Contains(stdout, "2 files: sound") || !strings.Contains(stdout, "first  1  ") {
		t.Errorf("%d: %s%s", code, stdout, stderr)
	}
	var report struct {
		Sound   bool
		Records int
		Break   struct {
			File string
			Line int
		}
	}
	stdout, _, code = program.Run(t.Context(), nil, "audit", "verify", "--output", "json", moved, file)
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != 0 || !report.Sound || report.Records < 6 {
		t.Errorf("%d, %v: %s", code, err, stdout)
	}

	text, err := os.ReadFile(moved)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"pubkey":"` + in.key.String() + `"`, `"outcome":"rejected_slashing"`, `"client":"-"`, `"request_id":"`, `"event":"keys changed"`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("no %s in the audit file:\n%s", want, text)
		}
	}
	edited := bytes.Replace(text, []byte(`"outcome":"rejected_slashing"`), []byte(`"outcome":"signed"`), 1)
	line := 1 + bytes.Count(text[:bytes.Index(text, []byte(`"outcome":"rejected_slashing"`))], []byte("\n"))
	if err := os.WriteFile(moved, edited, 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, _, code = program.Run(t.Context(), nil, "audit", "verify", "--output", "json", moved, file)
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != 1 || report.Sound || report.Break.Line != line || report.Break.File != moved {
		t.Errorf("%d, %v, want line %d: %s", code, err, line, stdout)
	}
	stdout, stderr, code = program.Run(t.Context(), nil, "audit", "verify", moved)
	if code != 1 || !strings.Contains(stderr, "its hash does not fit") || !strings.Contains(stdout, "sound before the break") {
		t.Errorf("%d: %s%s", code, stdout, stderr)
	}
	if _, stderr, code = program.Run(t.Context(), nil, "audit", "verify", in.path("absent")); code != 1 || !strings.Contains(stderr, "absent") {
		t.Errorf("%d: %s", code, stderr)
	}
}

// TestAuditFileMustOpen refuses to start without the file that is asked for.
func TestAuditFileMustOpen(t *testing.T) {
	dir := t.TempDir()
	_, stderr, code := program.Run(t.Context(), nil, "server", "--server-listen-port", "0", "--metrics-listen-port", "0",
		"--server-listen-address", "127.0.0.1", "--metrics-listen-address", "127.0.0.1",
		"--anti-slashing-path", filepath.Join(dir, "history.sqlite"), "--audit-file", filepath.Join(dir, "absent", "audit.jsonl"))
	if code != 1 || !strings.Contains(stderr, "audit.file: ") || !strings.Contains(stderr, "absent") {
		t.Errorf("%d: %s", code, stderr)
	}
}

// stuck is a reader that does not read until it is told to.
type stuck struct {
	bytes.Buffer
	gate chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.gate
	return s.Buffer.Write(p)
}

func TestLogDoesNotStall(t *testing.T) {
	to := &stuck{gate: make(chan struct{})}
	lost := make(chan uint64, 1)
	w := program.NewLogWriter(to, func(lines uint64) { lost <- lines })
	const many = 20_000
	began := time.Now()
	for range many {
		w.Log("a line\n")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("%d lines took %v while nobody read", many, took)
	}
	close(to.gate)
	told := <-lost
	w.Close()
	if got := uint64(bytes.Count(to.Bytes(), []byte("\n"))); got+told != many || got < 8192 {
		t.Errorf("%d written, %d lost, of %d", got, told, many)
	}
}

// A line that cannot be composed is lost, and the next ones are written.
func TestLogSurvivesALine(t *testing.T) {
	var to bytes.Buffer
	lost := uint64(0)
	w := program.NewLogWriter(&to, func(lines uint64) { lost += lines })
	w.Fail()
	w.Log("a line\n")
	w.Close()
	if to.String() != "a line\n" || lost != 1 {
		t.Errorf("%q, %d lost", to.String(), lost)
	}
}

func TestLogCloseWaits(t *testing.T) {
	var to bytes.Buffer
	w := program.NewLogWriter(&to, func(uint64) {})
	for range 100 {
		w.Log("a line\n")
	}
	w.Close()
	if got := bytes.Count(to.Bytes(), []byte("\n")); got != 100 {
		t.Errorf("%d lines of 100", got)
	}
	stuck := program.NewLogWriter(&stuck{gate: make(chan struct{})}, func(uint64) {})
	stuck.Log("a line\n")
	stuck.Close() // returns
}
