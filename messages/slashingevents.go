package messages

import (
	"log/slog"
	"time"
)

// RowRefused says that the history of a validator cannot be believed: of a row, or of all of it, when the store has gone
// back in time. Nothing that depends on it is signed.
type RowRefused struct {
	// Key is zero when the row belongs to nobody.
	Key PublicKey
	// Kind is block, attestation or watermark, and Reason mac_mismatch, malformed_pk, unsupported_scheme or malformed_row;
	// both are empty when the store has gone back in time.
	Kind, Reason string
	Err          error
}

// StoreSuspect says of how many validators the history cannot be believed now; 0 says that all is well again.
type StoreSuspect struct {
	Refused   int   // rows are refused
	Regressed int   // the history has gone back in time
	Cause     error // of one of them
}

// DutiesSealed says that protected duties were not recorded because rows are authenticated under the master key, and the
// chamber is sealed.
type DutiesSealed struct{ Count int }

// RowsUnmarked says that rows are not authenticated, since there is no key.
type RowsUnmarked struct{}

// HistoryPruned says that old rows of all validators were deleted.
type HistoryPruned struct {
	Validators, Blocks, Attestations int
	Took                             time.Duration
	// Err is why it ended before the last validator.
	Err error
}

// HighWaterFailed says that the high-water file could not be written.
type HighWaterFailed struct{ Err error }

func (RowRefused) event()      {}
func (StoreSuspect) event()    {}
func (DutiesSealed) event()    {}
func (RowsUnmarked) event()    {}
func (HistoryPruned) event()   {}
func (HighWaterFailed) event() {}

// Line implements [Event].
func (e RowRefused) Line() Line {
	return Line{slog.LevelError, TargetAudit, "slashing-protection history refused", []slog.Attr{
		slog.String("pubkey", e.Key.String()), slog.String("row", orDash(e.Kind)), slog.String("reason", orDash(e.Reason)), cause(e.Err),
	}}
}

// Line implements [Event].
func (e StoreSuspect) Line() Line {
	if e.Refused+e.Regressed == 0 {
		return Line{slog.LevelInfo, TargetSlashing, "slashing-protection history is believed again", nil}
	}
	return Line{slog.LevelError, TargetSlashing, "slashing-protection history is not believed, these validators sign no block or attestation", []slog.Attr{
		slog.Int("refused", e.Refused), slog.Int("regressed", e.Regressed), cause(e.Cause),
	}}
}

// Line implements [Event].
func (e DutiesSealed) Line() Line {
	return Line{slog.LevelWarn, TargetSlashing, "chamber is sealed, duties are not recorded", []slog.Attr{slog.Int("duties", e.Count)}}
}

// Line implements [Event].
func (e RowsUnmarked) Line() Line {
	return Line{slog.LevelInfo, TargetSlashing, "slashing-protection rows are not authenticated; set anti_slashing.hmac_key to have that", nil}
}

// Line implements [Event].
func (e HistoryPruned) Line() Line {
	level := slog.LevelInfo
	if e.Err != nil {
		level = slog.LevelWarn
	}
	return Line{level, TargetSlashing, "slashing-protection history pruned", []slog.Attr{
		slog.Int("validators", e.Validators), slog.Int("blocks", e.Blocks), slog.Int("attestations", e.Attestations), millis("took_ms", e.Took), cause(e.Err),
	}}
}

// Line implements [Event].
func (e HighWaterFailed) Line() Line {
	return Line{slog.LevelError, TargetSlashing, "anti_slashing.high_water_file not written, the next start knows less", []slog.Attr{cause(e.Err)}}
}
