package messages

import (
	"log/slog"
	"time"
)

// Event is a fact that is announced to whoever observes the system. It knows its own log line.
type Event interface {
	event()
	// Line says how the event is logged.
	Line() Line
}

// Line is one log line. Target is where it belongs: "audit" for events that matter to security, otherwise
// "containment_chamber" and its sub-targets.
type Line struct {
	Level   slog.Level
	Target  string
	Message string
	Attrs   []slog.Attr
}

// Log targets.
const (
	TargetApp      = "containment_chamber"
	TargetSigning  = "containment_chamber::signing"
	TargetSlashing = "containment_chamber::slashing"
	TargetKeys     = "containment_chamber::keys"
	TargetHTTP     = "containment_chamber::http"
	TargetAudit    = "audit"
)

// ActorStarted says that an incarnation of an actor began to live.
type ActorStarted struct{ Actor, Name string }

// ActorPanicked says that an actor panicked. Actor is its class ("worker"), Name its place in the tree
// ("chamber/signing/worker-01"), Message the type of what it was handling, never its content.
type ActorPanicked struct {
	Actor, Name, Message string
	// Cause is the panic's type, and its text where that is known to hold no data.
	Cause string
	// Stack is the goroutine's stack at the panic.
	Stack string
}

// ActorRestarted says that a supervisor decided to restart an actor after Delay.
type ActorRestarted struct {
	Actor, Name string
	Attempt     int
	Delay       time.Duration
}

// ActorStopped says that an actor crashed and is not restarted: it is temporary, or its supervisor is ending.
type ActorStopped struct{ Actor, Name string }

// ActorGaveUp says that an actor crashed more often than its supervisor tolerates, and that the supervisor now fails
// in its turn.
type ActorGaveUp struct {
	Actor, Name string
	Attempts    int
}

// MessageDeadLettered says that a message was sent to an actor that is gone. Type is the message's type.
type MessageDeadLettered struct{ Actor, Type string }

// QueueRefused says that a request was refused because Queue was full.
type QueueRefused struct{ Queue string }

// ObserverPanicked says that an observer of events panicked; the event was lost for that observer only.
type ObserverPanicked struct{ Cause string }

// HandlerPanicked says that an HTTP handler panicked and the client was answered 500.
type HandlerPanicked struct{ Route, Cause, Stack, RequestID string }

// RequestRefused says that an HTTP request was answered with an error: Status is 400 or above, Code names it as the
// reply does.
type RequestRefused struct {
	Route     string
	Status    int
	Code      string
	RequestID string
}

// KeysChanged says that the key ring has another content than before.
type KeysChanged struct {
	Source                string
	Added, Removed, Total int
}

// SealedKeysListed says that a store of keys under the master key has another content than before. That is known whether
// the chamber is sealed or not.
type SealedKeysListed struct {
	Source string
	// Active and Inactive count the keys.
	Active, Inactive int
	// Canaries are those of them that are never to sign.
	Canaries []PublicKey
}

// KeyGivenTwice says that a source gives a key that another one gives as well, and that Source's is not used.
type KeyGivenTwice struct {
	Key          PublicKey
	Source, Used string
}

// KeyLoadFailed says that one key could not be loaded.
type KeyLoadFailed struct{ Failure KeyFailure }

// KeysLoading says how far loading is. It is published when loading begins, and at most five times a second.
type KeysLoading struct {
	Source string
	// Done and Failures count the files that were read, with and without success; Found, those and the ones to come.
	// Files that are loaded already do not count. Found is 0 until the sources were listed.
	Done, Failures, Found int
	// Took is the time since they were listed.
	Took time.Duration
}

// KeysLoaded says that loading has ended.
type KeysLoaded struct {
	Source string
	// Reload tells a reload from the loading at the start.
	Reload bool
	// Loaded counts all keys of the source; Added and Removed, what this loading changed.
	Loaded, Added, Removed, Failures int
	Took                             time.Duration
}

// SlashingStoreDown says that the slashing-protection store cannot record.
type SlashingStoreDown struct{ Cause error }

// SlashingStoreFailed says that one operation on the store failed.
type SlashingStoreFailed struct{ Cause error }

// SlashingStoreUp says that the store records again.
type SlashingStoreUp struct {
	// GenesisValidatorsRoot is the chain that the store belongs to; zero where that is not known.
	GenesisValidatorsRoot Root
}

// GenesisPinned says that the store was bound to a chain by the first duty that it recorded.
type GenesisPinned struct{ Root Root }

// DutiesChecked says that the store judged a group of duties in one commit.
type DutiesChecked struct {
	Duties []KeyDuty
	Took   time.Duration
}

// DutyRefused says that slashing protection refused a duty.
type DutyRefused struct {
	Operation Operation
	Key       PublicKey
	Err       error
}

// SigningFinished says how a request for a signature ended. It is published once for each, at its only exit; but once for
// a batch that was refused before any of it was looked at, because refusals must be cheap.
type SigningFinished struct {
	Key PublicKey
	// Count is the number of keys of a batch that was refused as a whole, and zero otherwise.
	Count     int
	Duty      Duty
	Status    SigningStatus
	Err       error
	Took      time.Duration
	RequestID string
	Trace     Trace
	// Client is the id of the token that the request was made with; empty when it had none.
	Client string
}

// CanarySigned says that a key signed that is never to sign: somebody uses a key that was laid out as a trap.
type CanarySigned struct {
	Key       PublicKey
	Duty      Duty
	RequestID string
}

// SigningStatus is the outcome of a request for a signature, as the metric's label has it.
type SigningStatus string

// The outcomes.
const (
	StatusSigned       SigningStatus = "signed"
	StatusSlashing     SigningStatus = "rejected_slashing"
	StatusUnknownKey   SigningStatus = "unknown_key"
	StatusSealed       SigningStatus = "sealed"
	StatusForbidden    SigningStatus = "forbidden"
	StatusWrongNetwork SigningStatus = "wrong_network"
	StatusRootMismatch SigningStatus = "root_mismatch"
	StatusInvalid      SigningStatus = "invalid"
	StatusOverloaded   SigningStatus = "overloaded"
	StatusExpired      SigningStatus = "expired"
	StatusError        SigningStatus = "error"
)

// SigningStatuses lists every outcome.
func SigningStatuses() []SigningStatus {
	return []SigningStatus{
		StatusSigned, StatusSlashing, StatusUnknownKey, StatusSealed, StatusForbidden, StatusWrongNetwork,
		StatusRootMismatch, StatusInvalid, StatusOverloaded, StatusExpired, StatusError,
	}
}

func (ActorStarted) event()        {}
func (ActorPanicked) event()       {}
func (ActorRestarted) event()      {}
func (ActorStopped) event()        {}
func (ActorGaveUp) event()         {}
func (MessageDeadLettered) event() {}
func (QueueRefused) event()        {}
func (ObserverPanicked) event()    {}
func (HandlerPanicked) event()     {}
func (RequestRefused) event()      {}
func (KeysChanged) event()         {}
func (SealedKeysListed) event()    {}
func (KeyGivenTwice) event()       {}
func (KeyLoadFailed) event()       {}
func (KeysLoading) event()         {}
func (KeysLoaded) event()          {}
func (SlashingStoreDown) event()   {}
func (SlashingStoreFailed) event() {}
func (SlashingStoreUp) event()     {}
func (GenesisPinned) event()       {}
func (DutiesChecked) event()       {}
func (DutyRefused) event()         {}
func (SigningFinished) event()     {}
func (CanarySigned) event()        {}
