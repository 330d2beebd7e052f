package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/audit"
	"containment-chamber/actors/audit/chain"
	"containment-chamber/messages"
)

// rig is one audit actor with a queue that observes everything.
type rig struct {
	*actorstest.Kit
	file  string
	queue *audit.Queue
	ref   actors.Ref[messages.Audit]
}

func run(t *testing.T, test func(*rig)) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	actorstest.Run(t, func(k *actorstest.Kit) {
		test(start(k, file))
	})
}

func start(k *actorstest.Kit, file string) *rig {
	r := &rig{Kit: k, file: file, queue: audit.NewQueue()}
	k.System.Observe(r.queue.Note)
	r.ref = actorstest.Spawn[messages.Audit](k, audit.Spec(audit.Config{File: file, Queue: r.queue}))
	return r
}

func signed(slot uint64) messages.Event {
	return messages.SigningFinished{
		Key:    messages.PublicKey{0xab, 0xcd},
		Duty:   messages.Duty{Operation: messages.Attestation, Slot: slot, SourceEpoch: 300_000, TargetEpoch: 300_001},
		Status: messages.StatusSigned, Took: 1234 * time.Microsecond, RequestID: "JVW4QZ2GZB5XKJ7KIQWM2Q5RSD",
	}
}

func (r *rig) sign(n int) {
	for i := range n {
		r.System.Publish(signed(uint64(i)))
	}
}

// evidence asks for a record of a ceremony.
func (r *rig) evidence() (messages.EvidenceRecorded, error) {
	line := messages.Line{Level: slog.LevelWarn, Target: messages.TargetAudit, Message: "ceremony begins", Attrs: []slog.Attr{slog.String("by", "alice")}}
	return actorstest.Ask(r.Kit, r.ref, messages.RecordEvidence{Line: line})
}

// verify checks files of the rig's stream and returns the names of their events, in order.
func (r *rig) verify(files ...string) (chain.Report, []string) {
	r.T.Helper()
	var v chain.Verifier
	var events []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			r.T.Fatal(err)
		}
		if err := v.File(filepath.Base(name), bytes.NewReader(text)); err != nil {
			r.T.Fatalf("%v\n%s", err, text)
		}
		for line := range strings.Lines(string(text)) {
			var record struct{ Event string }
			if json.Unmarshal([]byte(line), &record) == nil {
				events = append(events, record.Event)
			}
		}
	}
	return v.Report(), events
}

func count(events []string, name string) (n int) {
	for _, e := range events {
		if e == name {
			n++
		}
	}
	return n
}

func TestEveryAttemptIsWritten(t *testing.T) {
	run(t, func(r *rig) {
		r.sign(3)
		r.Advance(20 * time.Millisecond)
		r.sign(5000)
		r.System.Publish(messages.DutiesChecked{}) // of no concern
		r.System.Publish(messages.DutyRefused{Operation: messages.Attestation, Err: messages.ErrSlashable})
		r.Advance(20 * time.Millisecond)
		report, events := r.verify(r.file)
		if report.Records != 5005 || count(events, "signing request") != 5003 || count(events, "slashing protection refused") != 1 {
			t.Errorf("%+v", report)
		}
		announced := 0
		for _, e := range actorstest.Events[messages.AuditWritten](r.Kit) {
			announced += e.Count
		}
		if announced != 5005 || r.queue.Dropped() != 0 {
			t.Errorf("%d announced, %d dropped", announced, r.queue.Dropped())
		}
		head, err := actorstest.Ask(r.Kit, r.ref, messages.GetAuditHead{})
		if err != nil || head.Sequence != 5005 || head.Hash != report.Head.Hash {
			t.Errorf("head %+v, %v", head, err)
		}
		if info, err := os.Stat(r.file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	})
}

func TestFirstRecordIsWrittenAtOnce(t *testing.T) {
	run(t, func(r *rig) {
		r.Advance(time.Second) // a quiet time
		r.sign(1)
		r.Wait() // no time passes
		if report, _ := r.verify(r.file); report.Records != 2 {
			t.Errorf("%+v", report)
		}
	})
}

func TestChainGoesOnAfterCrashAndRestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	actorstest.Run(t, func(k *actorstest.Kit) {
		r := start(k, file)
		r.sign(2)
		r.Crash("test/audit")
		r.sign(3) // while it is down
		r.Advance(10 * time.Second)
		r.sign(1)
	})
	actorstest.Run(t, func(k *actorstest.Kit) {
		r := start(k, file)
		report, events := r.verify(file)
		want := map[string]int{"audit file opened": 3, "signing request": 6, "actor panicked": 1, "actor restarts": 1}
		for name, n := range want {
			if count(events, name) != n {
				t.Errorf("%d times %q, want %d", count(events, name), name, n)
			}
		}
		if report.Records != 11 || r.queue.Dropped() != 0 {
			t.Errorf("%+v, %d dropped", report, r.queue.Dropped())
		}
	})
}

func TestTornLineIsNoted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "audit.jsonl")
	actorstest.Run(t, func(k *actorstest.Kit) { start(k, file).sign(3) })
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text[:len(text)-50], 0o600); err != nil {
		t.Fatal(err)
	}
	actorstest.Run(t, func(k *actorstest.Kit) {
		r := start(k, file)
		r.sign(1)
		r.Advance(time.Second)
		report, _ := r.verify(file)
		if opened := actorstest.Expect[messages.AuditOpened](k); report.Torn != 1 || report.Records != 5 || opened.Torn == 0 || opened.Sequence != 3 {
			t.Errorf("%+v, %+v", report, opened)
		}
		now, _ := os.ReadFile(file)
		if !bytes.HasPrefix(now, text[:len(text)-50]) {
			t.Error("what was torn is not there any more")
		}
	})
}

func TestRotation(t *testing.T) {
	run(t, func(r *rig) {
		r.sign(3)
		moved := r.file + ".1"
		if err := os.Rename(r.file, moved); err != nil {
			t.Fatal(err)
		}
		r.sign(2) // belong into the old file
		head, err := actorstest.Ask(r.Kit, r.ref, messages.ReopenAudit{})
		if err != nil {
			t.Fatal(err)
		}
		r.sign(1)
		r.Advance(time.Second)
		report, events := r.verify(moved, r.file)
		if report.Records != 8 || count(events, "signing request") != 6 || head.Sequence != 7 {
			t.Errorf("%+v, head %+v", report, head)
		}
		if old, _ := r.verify(moved); old.Records != 6 {
			t.Errorf("the old file: %+v", old)
		}
		if _, err := actorstest.Ask(r.Kit, r.ref, messages.ReopenAudit{}); err != nil { // nobody moved it: it goes on
			t.Error(err)
		}
		if report, _ := r.verify(moved, r.file); report.Records != 9 {
			t.Errorf("%+v", report)
		}
	})
}

func TestEvidence(t *testing.T) {
	run(t, func(r *rig) {
		r.sign(2)
		recorded, err := r.evidence()
		if err != nil {
			t.Fatal(err)
		}
		report, events := r.verify(r.file)
		if recorded.Sequence != 4 || recorded.Hash != report.Head.Hash || events[3] != "ceremony begins" {
			t.Errorf("%+v, %+v, %v", recorded, report, events)
		}
	})
}

func TestNoFileNoEvidence(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		r := &rig{Kit: k, ref: actorstest.Spawn[messages.Audit](k, audit.Spec(audit.Config{}))}
		if _, err := r.evidence(); !errors.Is(err, messages.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		if _, err := actorstest.Ask(k, r.ref, messages.ReopenAudit{}); !errors.Is(err, messages.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
		k.Crash("test/audit")
	})
}
