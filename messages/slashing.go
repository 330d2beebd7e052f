package messages

// Slashing names the protocol of the actor that owns the slashing-protection store.
type Slashing struct{}

// KeyDuty is a duty and the key that is to sign it.
type KeyDuty struct {
	Key  PublicKey
	Duty Duty
}

// RecordDuties asks to check each duty against the history of its key and to record it durably, all in one commit
// where the store can. Duties are judged in order, so two that conflict within one request cannot both pass. The
// whole request fails with [ErrStoreUnavailable] when nothing could be recorded.
type RecordDuties struct{ Duties []KeyDuty }

// Recorded is the answer to [RecordDuties]. Verdicts has one entry for each duty: nil when the duty is on record and
// may be signed, otherwise an [ErrSlashable] or [ErrWrongNetwork], or, where what the store says of the key cannot be
// believed, an [ErrRowRefused] or [ErrStoreRegressed], or an [ErrSealed] where the key that authenticates rows is not there.
type Recorded struct {
	Verdicts []error
	// GenesisValidatorsRoot is the chain that the store belongs to, once it is known.
	GenesisValidatorsRoot Root
}

// GetSlashingHealth asks whether the store can record, as of the last probe or commit.
type GetSlashingHealth struct{}

// SlashingHealth is the answer to [GetSlashingHealth].
type SlashingHealth struct {
	// Err is nil when the store can record, otherwise why it cannot.
	Err error
	// GenesisValidatorsRoot is the chain that the store belongs to; zero until the first duty pins it.
	GenesisValidatorsRoot Root
	// Suspect says of which validators the history cannot be believed; none of them signs anything protected.
	Suspect StoreSuspect
	// Unmarked says that rows are not authenticated; Sealed, that they are, and that the key is not there now.
	Unmarked, Sealed bool
}

// StoreFault is an [ErrStoreUnavailable] with a reason that health may show to everyone: it names no place and no person,
// and is empty where there is nothing to say.
type StoreFault struct {
	Reason string
	Err    error
}

// Error is that of Err.
func (f StoreFault) Error() string { return f.Err.Error() }

// Unwrap returns Err.
func (f StoreFault) Unwrap() error { return f.Err }

func (RecordDuties) ask(Slashing, Recorded)            {}
func (GetSlashingHealth) ask(Slashing, SlashingHealth) {}
