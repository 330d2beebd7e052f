package messages

import "errors"

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
	// ErrStoreUnavailable says that the slashing-protection store could not record. Nothing was signed.
	ErrStoreUnavailable = errors.New("slashing-protection store unavailable")
)
