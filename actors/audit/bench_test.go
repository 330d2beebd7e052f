package audit_test

import (
	"log/slog"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/audit"
	"containment-chamber/messages"
)

// BenchmarkSigningAttempt is what the stream costs for each signature, in CPU of the whole process: publishing, encoding,
// hashing, writing. It publishes a hundred events a millisecond, fifty times what two cores can sign.
func BenchmarkSigningAttempt(b *testing.B) {
	queue := audit.NewQueue()
	system := actors.NewSystem(slog.New(slog.DiscardHandler))
	system.Observe(queue.Note)
	actors.Start[messages.Audit](system, audit.Spec(audit.Config{File: filepath.Join(b.TempDir(), "audit.jsonl"), Queue: queue}))
	event := signed(9_600_001)
	began := cpu(b)
	for i := 0; b.Loop(); i++ {
		system.Publish(event)
		if i%100 == 99 {
			time.Sleep(time.Millisecond)
		}
	}
	if err := system.Stop(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(cpu(b)-began)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(queue.Dropped()), "dropped")
}

func cpu(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
