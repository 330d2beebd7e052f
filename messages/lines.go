package messages

import (
	"log/slog"
	"time"
)

// Line implements [Event].
func (e ActorStarted) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "actor started", []slog.Attr{slog.String("actor", e.Name)}}
}

// Line implements [Event].
func (e ActorPanicked) Line() Line {
	return Line{slog.LevelError, TargetAudit, "actor panicked", []slog.Attr{
		slog.String("actor", e.Name), slog.String("handling", e.Message), slog.String("cause", e.Cause), slog.String("stack", e.Stack),
	}}
}

// Line implements [Event].
func (e ActorRestarted) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "actor restarts", []slog.Attr{
		slog.String("actor", e.Name), slog.Int("attempt", e.Attempt), millis("delay_ms", e.Delay),
	}}
}

// Line implements [Event].
func (e ActorStopped) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "actor ended by a crash, not restarted", []slog.Attr{slog.String("actor", e.Name)}}
}

// Line implements [Event].
func (e ActorGaveUp) Line() Line {
	return Line{slog.LevelError, TargetAudit, "actor given up, its supervisor fails", []slog.Attr{
		slog.String("actor", e.Name), slog.Int("attempts", e.Attempts),
	}}
}

// Line implements [Event].
func (e MessageDeadLettered) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "message to an actor that is gone", []slog.Attr{
		slog.String("actor", e.Actor), slog.String("type", e.Type),
	}}
}

// Line implements [Event].
func (e QueueRefused) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "request refused, queue full", []slog.Attr{slog.String("queue", e.Queue)}}
}

// Line implements [Event].
func (e ObserverPanicked) Line() Line {
	return Line{slog.LevelError, TargetApp, "observer of events panicked", []slog.Attr{slog.String("cause", e.Cause)}}
}

// Line implements [Event].
func (e HandlerPanicked) Line() Line {
	return Line{slog.LevelError, TargetAudit, "http handler panicked", []slog.Attr{
		slog.String("request_id", e.RequestID), slog.String("route", e.Route), slog.String("cause", e.Cause), slog.String("stack", e.Stack),
	}}
}

// Line implements [Event].
func (e RequestRefused) Line() Line {
	return Line{slog.LevelDebug, TargetHTTP, "request answered with an error", []slog.Attr{
		slog.String("request_id", e.RequestID), slog.String("route", e.Route), slog.Int("status", e.Status), slog.String("code", e.Code),
	}}
}

// Line implements [Event]. While keys are being loaded it comes ten times a second, so it is for debugging: the lines of
// [KeysLoading] and [KeysLoaded] are for everybody. Keys that go are always told.
func (e KeysChanged) Line() Line {
	level := slog.LevelDebug
	if e.Removed > 0 {
		level = slog.LevelInfo
	}
	return Line{level, TargetAudit, "keys changed", []slog.Attr{
		slog.String("source", e.Source), slog.Int("added", e.Added), slog.Int("removed", e.Removed), slog.Int("total", e.Total),
	}}
}

// Line implements [Event].
func (e SealedKeysListed) Line() Line {
	return Line{slog.LevelInfo, TargetKeys, "sealed keys listed", []slog.Attr{
		slog.String("source", e.Source), slog.Int("active", e.Active), slog.Int("inactive", e.Inactive), slog.Int("canaries", len(e.Canaries)),
	}}
}

// Line implements [Event].
func (e KeyGivenTwice) Line() Line {
	return Line{slog.LevelWarn, TargetKeys, "key given twice", []slog.Attr{
		slog.String("pubkey", e.Key.String()), slog.String("source", e.Source), slog.String("used", e.Used),
	}}
}

// Line implements [Event].
func (e KeyLoadFailed) Line() Line {
	return Line{slog.LevelError, TargetKeys, "key not loaded", []slog.Attr{
		slog.String("source", e.Failure.Source), slog.String("name", e.Failure.Name), cause(e.Failure.Err),
	}}
}

// Line implements [Event].
func (e KeysLoading) Line() Line {
	return Line{slog.LevelDebug, TargetKeys, "keys are being loaded", []slog.Attr{
		slog.String("source", e.Source), slog.Int("done", e.Done), slog.Int("failures", e.Failures), slog.Int("found", e.Found), millis("took_ms", e.Took),
	}}
}

// Line implements [Event].
func (e KeysLoaded) Line() Line {
	message := "keys loaded"
	if e.Reload {
		message = "keys reloaded"
	}
	return Line{slog.LevelInfo, TargetKeys, message, []slog.Attr{
		slog.String("source", e.Source), slog.Int("loaded", e.Loaded), slog.Int("added", e.Added), slog.Int("removed", e.Removed),
		slog.Int("failures", e.Failures), millis("took_ms", e.Took),
	}}
}

// Line implements [Event].
func (e SlashingStoreDown) Line() Line {
	return Line{slog.LevelError, TargetSlashing, "slashing-protection store is down, no block or attestation is signed", []slog.Attr{cause(e.Cause)}}
}

// Line implements [Event]. What is new about a failure is in the line of [SlashingStoreDown].
func (e SlashingStoreFailed) Line() Line {
	return Line{slog.LevelDebug, TargetSlashing, "slashing-protection store failed", []slog.Attr{cause(e.Cause)}}
}

// Line implements [Event].
func (e SlashingStoreUp) Line() Line {
	return Line{slog.LevelInfo, TargetSlashing, "slashing-protection store is up", nil}
}

// Line implements [Event].
func (e GenesisPinned) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "genesis validators root pinned at first use", []slog.Attr{slog.String("genesis_validators_root", e.Root.String())}}
}

// Line implements [Event].
func (e DutiesChecked) Line() Line {
	return Line{slog.LevelDebug, TargetSlashing, "duties checked", []slog.Attr{slog.Int("duties", len(e.Duties)), millis("took_ms", e.Took)}}
}

// Line implements [Event].
func (e DutyRefused) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "slashing protection refused", []slog.Attr{
		slog.String("operation", string(e.Operation)), slog.String("pubkey", e.Key.String()), cause(e.Err),
	}}
}

// Line implements [Event].
func (e CanarySigned) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "canary key signed", []slog.Attr{
		slog.String("pubkey", e.Key.String()), slog.String("operation", string(e.Duty.Operation)), slog.Uint64("slot", e.Duty.Slot),
		slog.String("signing_root", e.Duty.SigningRoot.String()), slog.String("request_id", e.RequestID),
	}}
}

func cause(err error) slog.Attr {
	if err == nil {
		return slog.String("cause", "")
	}
	return slog.String("cause", err.Error())
}

func millis(key string, d time.Duration) slog.Attr {
	return slog.Float64(key, float64(d.Microseconds())/1000)
}
