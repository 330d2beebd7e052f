package messages

import (
	"errors"
	"fmt"
	"time"
)

// Request is a message to the actor that speaks protocol P, answered with an R or an error.
type Request[P, R any] interface{ ask(P, R) }

// What a request can be refused with. Each is wrapped with the particulars by whoever refuses; match with errors.Is.
// The package http maps each to one status, in one table.
var (
	// ErrMalformed says that the request cannot be understood; its text names the field.
	ErrMalformed = errors.New("malformed request")
	// ErrRootMismatch says that the claimed signing root belongs to no lawful reading of the message.
	ErrRootMismatch = errors.New("signing root mismatch")
	// ErrWrongNetwork says that the request is for a chain other than the configured one.
	ErrWrongNetwork = errors.New("wrong network")
	// ErrUnknownKey says that no key with this public key is loaded.
	ErrUnknownKey = errors.New("unknown key")
	// ErrSlashable says that signing would break a rule of EIP-3076; its text names the rule.
	ErrSlashable = errors.New("slashing protection refused")
	// ErrForbidden says that the caller may not do this.
	ErrForbidden = errors.New("forbidden")
	// ErrSealed says that the keys are sealed.
	ErrSealed = errors.New("sealed")
	// ErrExpired says that the deadline passed, or the caller left, before the request was acted on.
	ErrExpired = errors.New("expired")
	// ErrOverloaded says that a queue is full. Nothing was recorded or signed.
	ErrOverloaded = errors.New("overloaded")
	// ErrDraining says that the signer is shutting down and admits nothing new.
	ErrDraining = errors.New("shutting down")
	// ErrUnavailable says that an actor is restarting, gone, or not started.
	ErrUnavailable = errors.New("unavailable")
	// ErrReloading says that keys are being loaded already.
	ErrReloading = errors.New("keys are being loaded already")
	// ErrCrashed says that an actor crashed while it held the request. Asking again is safe.
	ErrCrashed = errors.New("crashed")
	// ErrUnauthorized says that a token, or a one-time code, is missing or not the right one.
	ErrUnauthorized = errors.New("unauthorized")
	// ErrWrongCredential says that a passphrase or a YubiKey's answer is not this operator's.
	ErrWrongCredential = errors.New("wrong credential")
	// ErrLockedOut says that an operator is refused for a while, after too many wrong credentials; see [LockedOut].
	ErrLockedOut = errors.New("locked out")
	// ErrPassphrase says that a new passphrase breaks a rule; its text names the rule.
	ErrPassphrase = errors.New("passphrase refused")
	// ErrShareRepeated says that this operator has done its part already.
	ErrShareRepeated = errors.New("given already")
	// ErrWrongState says that the chamber is in a state in which this cannot be done; its text says in which.
	ErrWrongState = errors.New("wrong state")
	// ErrGuardBusy says that another ceremony is under way; its text says which.
	ErrGuardBusy = errors.New("another ceremony is under way")
	// ErrFenced says that a ceremony was broken off or overtaken. What it has not written by then, it never will.
	ErrFenced = errors.New("ceremony broken off")
	// ErrConflict says that another replica was faster. Look at the fresh state before asking again.
	ErrConflict = errors.New("changed by another replica")
	// ErrStateUnavailable says that the signer state cannot be reached.
	ErrStateUnavailable = errors.New("signer state unavailable")
	// ErrSealUnrecorded says that the chamber is sealed in this process, as was asked for, but that the signer state could not
	// be told, so that nobody else follows, and a restart may open it again.
	ErrSealUnrecorded = errors.New("sealed here, and nowhere else")
	// ErrStateRefused says that the signer state holds something that is not to be believed; its text says what.
	ErrStateRefused = errors.New("signer state refused")
	// ErrKMSUnavailable says that too few key-encryption keys can be reached.
	ErrKMSUnavailable = errors.New("key-encryption keys unavailable")
	// ErrKMSRefused says that a key-encryption key may not be used, or answers what cannot be right.
	ErrKMSRefused = errors.New("key-encryption key refused")
	// ErrAuditUnavailable says that the audit stream cannot be written, without which there are no ceremonies.
	ErrAuditUnavailable = errors.New("audit stream unavailable")
	// ErrStoreUnavailable says that the slashing-protection store could not record. Nothing was signed.
	ErrStoreUnavailable = errors.New("slashing-protection store unavailable")
	// ErrRowRefused says that a row of the slashing-protection store cannot be believed. Nothing was signed.
	ErrRowRefused = errors.New("slashing-protection row refused")
	// ErrStoreRegressed says that the slashing-protection store has gone back in time. Nothing was signed.
	ErrStoreRegressed = errors.New("slashing-protection store has gone back in time")
)

// LockedOut is an [ErrLockedOut] that knows how long.
type LockedOut struct {
	Operator string
	For      time.Duration
}

// Error implements error.
func (l LockedOut) Error() string {
	return fmt.Sprintf("%v: operator %s gave too many wrong credentials; ask again in %v", ErrLockedOut, l.Operator, l.For.Round(time.Second))
}

// Unwrap returns the sentinel.
func (LockedOut) Unwrap() error { return ErrLockedOut }

// RetryAfter is how long to wait.
func (l LockedOut) RetryAfter() time.Duration { return l.For }
