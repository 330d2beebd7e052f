package messages

import "log/slog"

// Audit names the protocol of the actor that writes the audit stream.
type Audit struct{}

// RecordEvidence asks to write a line to the audit stream, durably, before anything is done that it bears witness to.
// Refusals: [ErrUnavailable] when there is no stream, or it cannot be written. Whoever asks must then not act.
type RecordEvidence struct{ Line Line }

// EvidenceRecorded is the answer to [RecordEvidence]: the record's sequence number and hash. It is on disk.
type EvidenceRecorded struct {
	Sequence uint64
	Hash     [32]byte // SHA-256
}

// ReopenAudit asks to close the audit file and to open what now has its name: another program has moved it away.
type ReopenAudit struct{}

// GetAuditHead asks for the last record that was written.
type GetAuditHead struct{}

// AuditHead is the answer to [GetAuditHead] and [ReopenAudit]: the sequence number and the hash of the last record.
type AuditHead struct {
	Sequence uint64
	Hash     [32]byte // SHA-256
}

func (RecordEvidence) ask(Audit, EvidenceRecorded) {}
func (ReopenAudit) ask(Audit, AuditHead)           {}
func (GetAuditHead) ask(Audit, AuditHead)          {}

// AuditOpened says that the audit stream goes on in a file.
type AuditOpened struct {
	File string
	// Sequence and Hash are those of the record that the stream goes on after; zero when it begins.
	Sequence uint64
	Hash     Root
	// Torn counts the bytes after that record which a crash had left unfinished.
	Torn int64
}

// AuditWritten says that Count records of one kind were written to the audit stream.
type AuditWritten struct {
	Event string
	Count int
}

// AuditDropped says that Count records of the audit stream were lost because its queue was full.
type AuditDropped struct{ Count uint64 }

// AuditFailed says that the audit stream cannot be written. It is tried again every second.
type AuditFailed struct{ Cause error }

func (AuditOpened) event()  {}
func (AuditWritten) event() {}
func (AuditDropped) event() {}
func (AuditFailed) event()  {}

// Line implements [Event].
func (e AuditOpened) Line() Line {
	return Line{slog.LevelInfo, TargetAudit, "audit file opened", []slog.Attr{
		slog.String("file", e.File), slog.Uint64("after_seq", e.Sequence), slog.String("after_hash", e.Hash.String()), slog.Int64("torn_bytes", e.Torn),
	}}
}

// Line implements [Event].
func (e AuditWritten) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "audit records written", []slog.Attr{slog.String("event", e.Event), slog.Int("count", e.Count)}}
}

// Line implements [Event].
func (e AuditDropped) Line() Line {
	return Line{slog.LevelError, TargetAudit, "audit records lost, the queue was full", []slog.Attr{slog.Uint64("count", e.Count)}}
}

// Line implements [Event].
func (e AuditFailed) Line() Line {
	return Line{slog.LevelError, TargetAudit, "audit file cannot be written", []slog.Attr{cause(e.Cause)}}
}
