package messages

import (
	"log/slog"
	"time"
)

// SealChanged says that the chamber is in another state. Consumers of keys ask for theirs when To signs.
type SealChanged struct {
	// From is empty when the signer state was read for the first time.
	From, To SealState
	// Cause is what led to it, and By who: an operator, a token, "kms", or "another replica".
	Cause, By string
	// Generation counts the sets of shares that were in force.
	Generation uint64
}

// ChamberInitialized says that a master key was made.
type ChamberInitialized struct {
	By        string
	ChamberID string
	Mode      SealMode
}

// ChamberSealed says that the chamber was sealed because somebody asked for it, here or at another replica.
type ChamberSealed struct {
	By, Reason string
	// Here is false when another replica was asked.
	Here bool
}

// SealUnrecorded says that the chamber is sealed here, but that the signer state could not be written to say so: others do
// not follow, and a restart would open again. The next attempt is After so long.
type SealUnrecorded struct {
	Err   error
	After time.Duration
}

// SealRecorded says that the signer state says by now what it could not before: that By has sealed the chamber.
type SealRecorded struct{ By string }

// ShareSubmitted says that an operator has submitted a share.
type ShareSubmitted struct {
	Operator string
	// Index is the operator's place in the quorum, from 1 on; 0 for somebody who is not in it.
	Index int
	// Given counts the shares that were given since, of which Threshold are needed.
	Given, Threshold int
	// Err is nil when the share was accepted, otherwise why not.
	Err error
}

// SharesForgotten says that shares were wiped because the others did not come in time.
type SharesForgotten struct{ Given int }

// RotationFinished says that the set of shares of the master key was replaced. Kind is "kms", "unseal" (the quorum) or
// "mode", as the metric has it.
type RotationFinished struct {
	Kind, By   string
	Generation uint64
}

// ManagementTokenIssued says that a management token was made, and that the one before is not valid any more.
type ManagementTokenIssued struct{ ID, By string }

// KMSOpenFailed says that the layer of key-encryption keys could not be opened. The next attempt is After so long; 0
// when there will be none.
type KMSOpenFailed struct {
	Err   error
	After time.Duration
}

// KMSCalled says that a key-encryption key was used. Action is one of encrypt, decrypt, describe_key, generate_data_key.
type KMSCalled struct {
	Action string
	Err    error
	Took   time.Duration
}

// PassphraseRefused says that a passphrase broke a rule. Reason is one of too_short, too_long, too_weak,
// contains_operator_name; Endpoint one of register, rotate.
type PassphraseRefused struct{ Reason, Endpoint string }

// PassphraseEstimated says how long it took to estimate the strength of a passphrase.
type PassphraseEstimated struct{ Took time.Duration }

// SealRecordRefused says that the signer state holds a seal record that is not to be believed. The chamber goes on with
// the one before.
type SealRecordRefused struct{ Err error }

// SecretsKept says that somebody did not confirm in time to have wiped the keys, although the chamber is sealed.
type SecretsKept struct {
	Consumer string
	Err      error
}

// ControlRefreshed says that a component of the signer state was read. Err is nil when it could be, and whoever uses it
// believes it.
type ControlRefreshed struct {
	Component string
	Err       error
	At        time.Time
	// Changed says that the time before it was the other way round.
	Changed bool
}

func (SealChanged) event()           {}
func (ChamberInitialized) event()    {}
func (ChamberSealed) event()         {}
func (SealUnrecorded) event()        {}
func (SealRecorded) event()          {}
func (ShareSubmitted) event()        {}
func (SharesForgotten) event()       {}
func (RotationFinished) event()      {}
func (ManagementTokenIssued) event() {}
func (KMSOpenFailed) event()         {}
func (KMSCalled) event()             {}
func (PassphraseRefused) event()     {}
func (PassphraseEstimated) event()   {}
func (SealRecordRefused) event()     {}
func (SecretsKept) event()           {}
func (ControlRefreshed) event()      {}

// Line implements [Event].
func (e SealChanged) Line() Line {
	return Line{slog.LevelInfo, TargetAudit, "state transition", []slog.Attr{
		slog.String("from", orDash(string(e.From))), slog.String("to", string(e.To)), slog.String("cause", e.Cause), slog.String("by", orDash(e.By)),
		slog.Uint64("generation", e.Generation),
	}}
}

// Line implements [Event].
func (e ChamberInitialized) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "chamber initialized", []slog.Attr{
		slog.String("by", e.By), slog.String("chamber", e.ChamberID), slog.String("mode", string(e.Mode)),
	}}
}

// Line implements [Event].
func (e ChamberSealed) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "signer sealed", []slog.Attr{
		slog.String("by", orDash(e.By)), slog.String("reason", e.Reason), slog.Bool("here", e.Here),
	}}
}

// Line implements [Event].
func (e SealUnrecorded) Line() Line {
	return Line{slog.LevelError, TargetAudit, "seal not recorded", []slog.Attr{cause(e.Err), millis("next_attempt_ms", e.After)}}
}

// Line implements [Event].
func (e SealRecorded) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "seal recorded", []slog.Attr{slog.String("by", orDash(e.By))}}
}

// Line implements [Event].
func (e ShareSubmitted) Line() Line {
	level, accepted := slog.LevelInfo, true
	if e.Err != nil {
		level, accepted = slog.LevelWarn, false
	}
	return Line{level, TargetAudit, "unseal share submitted", []slog.Attr{
		slog.String("operator", e.Operator), slog.Int("share_index", e.Index), slog.Bool("accepted", accepted),
		slog.Int("given", e.Given), slog.Int("threshold", e.Threshold), cause(e.Err),
	}}
}

// Line implements [Event].
func (e SharesForgotten) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "unseal shares forgotten", []slog.Attr{slog.Int("given", e.Given)}}
}

// Line implements [Event].
func (e RotationFinished) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "shares rotated", []slog.Attr{
		slog.String("kind", e.Kind), slog.String("by", e.By), slog.Uint64("generation", e.Generation),
	}}
}

// Line implements [Event].
func (e ManagementTokenIssued) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "management token made", []slog.Attr{slog.String("id", e.ID), slog.String("by", e.By)}}
}

// Line implements [Event].
func (e KMSOpenFailed) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "key-encryption keys do not open the chamber", []slog.Attr{cause(e.Err), millis("next_attempt_ms", e.After)}}
}

// Line implements [Event].
func (e KMSCalled) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "key-encryption key used", []slog.Attr{
		slog.String("action", e.Action), millis("took_ms", e.Took), cause(e.Err),
	}}
}

// Line implements [Event].
func (e PassphraseRefused) Line() Line {
	return Line{slog.LevelInfo, TargetApp, "weak secret refused", []slog.Attr{slog.String("reason", e.Reason), slog.String("endpoint", e.Endpoint)}}
}

// Line implements [Event].
func (e PassphraseEstimated) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "strength estimated", []slog.Attr{millis("took_ms", e.Took)}}
}

// Line implements [Event].
func (e SealRecordRefused) Line() Line {
	return Line{slog.LevelError, TargetAudit, "seal record refused", []slog.Attr{cause(e.Err)}}
}

// Line implements [Event].
func (e SecretsKept) Line() Line {
	return Line{slog.LevelError, TargetAudit, "keys not confirmed wiped", []slog.Attr{slog.String("consumer", e.Consumer), cause(e.Err)}}
}

// Line implements [Event].
func (e ControlRefreshed) Line() Line {
	level := slog.LevelDebug // every second
	switch {
	case e.Changed && e.Err != nil:
		level = slog.LevelWarn
	case e.Changed:
		level = slog.LevelInfo
	}
	return Line{level, TargetApp, "signer state read", []slog.Attr{slog.String("component", e.Component), cause(e.Err)}}
}
