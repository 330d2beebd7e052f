package audit_test

import (
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/audit"
	"containment-chamber/messages"
)

// TestFileThatCannotBeOpened loses nothing while the queue has room, refuses evidence, and goes on when it can.
func TestFileThatCannotBeOpened(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "absent")
	actorstest.Run(t, func(k *actorstest.Kit) {
		r := start(k, filepath.Join(dir, "audit.jsonl"))
		failed := actorstest.Expect[messages.AuditFailed](k)
		if !errors.Is(failed.Cause, os.ErrNotExist) {
			t.Errorf("cause %v", failed.Cause)
		}
		r.sign(5)
		if _, err := r.evidence(); !errors.Is(err, messages.ErrUnavailable) || !errors.Is(err, os.ErrNotExist) {
			t.Errorf("evidence: %v", err)
		}
		k.Advance(10 * time.Second)
		if n := len(actorstest.Events[messages.AuditFailed](k)); n != 1 {
			t.Errorf("told %d times", n)
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		k.Advance(2 * time.Second)
		if report, events := r.verify(r.file); report.Records != 7 || count(events, "signing request") != 5 || r.queue.Dropped() != 0 {
			t.Errorf("%+v, %v", report, events)
		}
	})
}

func TestFilesThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		make func(path string) error
		says string
	}{
		"a directory":   {func(p string) error { return os.Mkdir(p, 0o700) }, "is a directory"},
		"another's":     {func(p string) error { return os.WriteFile(p, []byte("hello\n"), 0o600) }, "holds no record"},
		"a device":      {func(p string) error { return os.Symlink("/dev/null", p) }, "not a regular file"},
		"an empty file": {func(p string) error { return os.WriteFile(p, nil, 0o600) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "audit.jsonl")
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			actorstest.Run(t, func(k *actorstest.Kit) {
				start(k, path)
				failures := actorstest.Events[messages.AuditFailed](k)
				if test.says == "" {
					if len(failures) != 0 {
						t.Errorf("refused: %v", failures)
					}
					return
				}
				if len(failures) != 1 || !strings.Contains(failures[0].Cause.Error(), test.says) || !strings.Contains(failures[0].Cause.Error(), path) {
					t.Errorf("got %v, want %q", failures, test.says)
				}
			})
		})
	}
}

func TestTwoWritersAreRefused(t *testing.T) {
	run(t, func(r *rig) {
		second := audit.Spec(audit.Config{File: r.file, Queue: audit.NewQueue()})
		second.Name = "second"
		actorstest.Spawn[messages.Audit](r.Kit, second)
		if failed := actorstest.Expect[messages.AuditFailed](r.Kit); !strings.Contains(failed.Cause.Error(), "another process") {
			t.Errorf("got %v", failed.Cause)
		}
	})
}

// TestFullDisk has a write fail half-way: what got through is not written twice, and the rest follows.
func TestFullDisk(t *testing.T) {
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var unlimited syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &unlimited); err != nil {
		t.Fatal(err)
	}
	run(t, func(r *rig) {
		r.Advance(time.Second)
		few := unlimited
		few.Cur = 2000 // bytes: the opening record, and some of ten
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &few); err != nil {
			t.Fatal(err)
		}
		r.sign(10)
		r.Wait()
		if _, err := r.evidence(); !errors.Is(err, messages.ErrUnavailable) {
			t.Errorf("evidence: %v", err)
		}
		failed := actorstest.Expect[messages.AuditFailed](r.Kit)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &unlimited); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(failed.Cause, syscall.EFBIG) {
			t.Errorf("cause %v", failed.Cause)
		}
		r.Advance(5 * time.Second)
		report, events := r.verify(r.file)
		if count(events, "signing request") != 10 || count(events, "audit file cannot be written") != 1 || report.Torn != 1 || r.queue.Dropped() != 0 {
			t.Errorf("%+v, %v", report, events)
		}
	})
}

// TestQueueOverflows has nobody write: whoever publishes waits 50 ms in all, what is lost is counted, and the stream
// says so where it was lost.
func TestQueueOverflows(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "absent")
	actorstest.Run(t, func(k *actorstest.Kit) {
		r := start(k, filepath.Join(dir, "audit.jsonl"))
		const size = 8192 - 1 // the failure itself is an event
		began := time.Now()
		r.sign(size)
		if waited := time.Since(began); waited != 0 || r.queue.Dropped() != 0 {
			t.Fatalf("waited %v, dropped %d", waited, r.queue.Dropped())
		}
		r.sign(1000)
		if waited := time.Since(began); waited != 50*time.Millisecond || r.queue.Dropped() != 1000 {
			t.Errorf("waited %v, dropped %d", waited, r.queue.Dropped())
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		k.Advance(2 * time.Second)
		r.sign(1)
		k.Advance(time.Second)
		report, events := r.verify(r.file)
		if report.Records != size+4 || events[size+2] != "audit records lost, the queue was full" || events[size+3] != "signing request" {
			t.Errorf("%+v, ends with %q", report, events[size+1:])
		}
		if dropped := actorstest.Expect[messages.AuditDropped](k); dropped.Count != 1000 || r.queue.Dropped() != 1000 {
			t.Errorf("%+v, %d", dropped, r.queue.Dropped())
		}
	})
}
