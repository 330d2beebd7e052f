package messages

import (
	"log/slog"
	"time"
)

// GuardAcquired says that a ceremony has begun.
type GuardAcquired struct {
	Ceremony, By string
	Fence        uint64
}

// GuardReleased says that a ceremony has ended.
type GuardReleased struct {
	Ceremony, By string
	Fence        uint64
	HeldFor      time.Duration
	Cause        ReleaseCause
}

// ReleaseCause says how a ceremony ended.
type ReleaseCause string

// The causes.
const (
	ReleasedFinished ReleaseCause = "finished" // with success or with a refusal
	ReleasedCrashed  ReleaseCause = "crashed"
	ReleasedBroken   ReleaseCause = "broken" // it took too long
)

// GuardStuck says that the guard is stuck: a ceremony takes too long, or the guard itself does not answer. It is
// published once for each.
type GuardStuck struct {
	Finding      StuckFinding
	Ceremony, By string // empty when the guard is free, or does not answer
	HeldFor      time.Duration
}

// StuckFinding says in which way the guard is stuck.
type StuckFinding string

// The findings.
const (
	StuckHeld         StuckFinding = "held"
	StuckUnresponsive StuckFinding = "unresponsive"
)

// GuardRecovered says that the guard is not stuck any more in this way.
type GuardRecovered struct{ Finding StuckFinding }

// CeremonyRefused says that a ceremony was asked for in vain.
type CeremonyRefused struct {
	Ceremony, By string
	// Operator is whose credential came with it; empty when none did.
	Operator string
	Err      error
}

// OperatorLockedOut says that an operator is refused For so long, after too many wrong credentials.
type OperatorLockedOut struct {
	Operator string
	For      time.Duration
}

// OutcomeUnrecorded says that a ceremony was carried out, but its outcome could not be written to the audit stream.
type OutcomeUnrecorded struct {
	Ceremony, By string
	Err          error
}

func (GuardAcquired) event()     {}
func (GuardReleased) event()     {}
func (GuardStuck) event()        {}
func (GuardRecovered) event()    {}
func (CeremonyRefused) event()   {}
func (OperatorLockedOut) event() {}
func (OutcomeUnrecorded) event() {}

// Line implements [Event].
func (e GuardAcquired) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "ceremony begins", []slog.Attr{
		slog.String("ceremony", e.Ceremony), slog.String("by", orDash(e.By)), slog.Uint64("fence", e.Fence),
	}}
}

// Line implements [Event].
func (e GuardReleased) Line() Line {
	line := Line{slog.LevelDebug, TargetApp, "ceremony has ended", []slog.Attr{
		slog.String("ceremony", e.Ceremony), slog.String("by", orDash(e.By)), slog.Uint64("fence", e.Fence), millis("held_ms", e.HeldFor),
		slog.String("cause", string(e.Cause)),
	}}
	if e.Cause != ReleasedFinished {
		line.Level, line.Target, line.Message = slog.LevelError, TargetAudit, "ceremony broken off"
	}
	return line
}

// Line implements [Event].
func (e GuardStuck) Line() Line {
	return Line{slog.LevelError, TargetAudit, "ceremony guard is stuck", []slog.Attr{
		slog.String("finding", string(e.Finding)), slog.String("ceremony", orDash(e.Ceremony)), slog.String("by", orDash(e.By)), millis("held_ms", e.HeldFor),
	}}
}

// Line implements [Event].
func (e GuardRecovered) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "ceremony guard is stuck no longer", []slog.Attr{slog.String("finding", string(e.Finding))}}
}

// Line implements [Event].
func (e CeremonyRefused) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "ceremony refused", []slog.Attr{
		slog.String("ceremony", e.Ceremony), slog.String("by", orDash(e.By)), slog.String("operator", orDash(e.Operator)), cause(e.Err),
	}}
}

// Line implements [Event].
func (e OperatorLockedOut) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "operator locked out", []slog.Attr{slog.String("operator", e.Operator), millis("for_ms", e.For)}}
}

// Line implements [Event].
func (e OutcomeUnrecorded) Line() Line {
	return Line{slog.LevelError, TargetAudit, "outcome of a ceremony not recorded as evidence", []slog.Attr{
		slog.String("ceremony", e.Ceremony), slog.String("by", orDash(e.By)), cause(e.Err),
	}}
}

// CeremonyIntent is the evidence that somebody is about to hold a ceremony.
func CeremonyIntent(ceremony, by string, fence uint64) Line {
	return Line{slog.LevelInfo, TargetAudit, "ceremony intended", []slog.Attr{
		slog.String("ceremony", ceremony), slog.String("by", orDash(by)), slog.Uint64("fence", fence),
	}}
}

// CeremonyResult is the evidence of how a ceremony ended. Err is nil when it was carried out.
func CeremonyResult(ceremony, by string, fence uint64, err error) Line {
	line := CeremonyIntent(ceremony, by, fence)
	line.Message = "ceremony held"
	if err != nil {
		line.Level, line.Message = slog.LevelWarn, "ceremony failed"
	}
	line.Attrs = append(line.Attrs, cause(err))
	return line
}
