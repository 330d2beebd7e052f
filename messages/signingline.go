package messages

import "log/slog"

// Line implements [Event]. It says only what the request had: no key or number that is zero for want of one.
func (e SigningFinished) Line() Line {
	level := slog.LevelInfo
	if e.Status != StatusSigned {
		level = slog.LevelWarn
	}
	attrs := make([]slog.Attr, 0, 11) // of a traced attestation that was refused
	if e.Key != (PublicKey{}) {
		attrs = append(attrs, slog.String("pubkey", e.Key.String()))
	}
	if e.Count > 0 {
		attrs = append(attrs, slog.Int("count", e.Count))
	}
	attrs = append(attrs, slog.String("operation", string(e.Duty.Operation)))
	attrs = append(e.Duty.when(attrs),
		slog.String("outcome", string(e.Status)), slog.String("client", orDash(e.Client)), slog.String("request_id", e.RequestID),
		millis("took_ms", e.Took))
	if e.Trace.Known() {
		attrs = append(attrs, e.Trace.attr())
	}
	if e.Err != nil {
		attrs = append(attrs, cause(e.Err))
	}
	return Line{level, TargetAudit, "signing request", attrs}
}

// when appends the slot or the epochs that a message of this operation has.
func (d Duty) when(attrs []slog.Attr) []slog.Attr {
	switch d.Operation {
	case Attestation:
		return append(attrs, slog.Uint64("slot", d.Slot), slog.Uint64("source_epoch", d.SourceEpoch), slog.Uint64("target_epoch", d.TargetEpoch))
	case RandaoReveal, VoluntaryExit:
		return append(attrs, slog.Uint64("epoch", d.TargetEpoch))
	case Deposit, ValidatorRegistration, UnknownOperation:
		return attrs
	default:
		return append(attrs, slog.Uint64("slot", d.Slot))
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
