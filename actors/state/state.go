// Package state is the signer state: a few named records that all replicas of a chamber share. It says what a store of
// them promises ([Store]). The stores are the packages beneath it: sqlite for a signer that runs alone, postgres and
// dynamodb for several.
//
// # Guarantees
//
//   - A record has a version, which grows by one with each write. A write names the version that it makes, and happens
//     only if the one before it is stored: of any number of writers exactly one wins each version, on any number of
//     replicas.
//   - A write that returns nil is durable. One that returns [ErrConflict] did not happen and never will. After
//     [ErrUnavailable] it may have happened or may still happen: read again. Nothing else is ever said of a write whose
//     answer was lost.
//   - A read returns all records as they were at one moment, and never from a replica that lags behind.
//   - A place that holds something else, or what a newer program has written, is refused and not touched.
//   - Bodies are opaque, and have 1 to [MaxBody] bytes on every store, so that a state moves from any store to any other.
//
// # Decisions
//
// The names are a closed list. So one trip reads everything on a store without queries, and nothing can grow there.
//
// Each call of Write marks what it stores with a random [Ticket]. Whoever lost an answer tries again with the same
// ticket, which cannot write twice, and recognises its own write when it meets it. Comparing bodies would take an equal
// write of another replica for one's own, and both would believe to have won.
//
// Whether a record is the chamber's own is for its owner to say, who has the key for that: see package record of the seal.
// No tag can show that the whole state is an older one. Whoever reads must remember the highest version that it has seen.
package state

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// The names of records.
const (
	// Seal is the record of the sealed master key.
	Seal = "seal"
	// Policies is the record of access policies.
	Policies = "policies"
	// Tokens is the record of client tokens.
	Tokens = "tokens"
)

// Names lists the names that a record can have, in alphabetical order.
func Names() []string { return []string{Policies, Seal, Tokens} }

// MaxBody is the size of the largest body in bytes. DynamoDB's items hold 400 KiB with everything around it.
const MaxBody = 256 << 10

// CallTimeout bounds each call of a store, attempts and waits included, beside the caller's own deadline. A database
// that fails over is back within some seconds; who asks for a ceremony waits that long.
const CallTimeout = 10 * time.Second

// Record is one part of the state. Version is at least 1; a record that was never written has none.
type Record struct {
	Name    string
	Version uint64
	Body    []byte
}

// Store keeps records. Its methods may be called from several goroutines.
type Store interface {
	// Read returns the records that there are, ordered by name, as they were together at one moment. Its errors are
	// ErrUnavailable and ErrForeign.
	Read(ctx context.Context) ([]Record, error)
	// Write stores a record if the stored version is r.Version-1, where 0 means that there is none. Its errors are
	// ErrConflict, ErrUnavailable, ErrTooLarge and ErrInvalid.
	Write(ctx context.Context, r Record) error
	// Close ends the use of the store.
	Close() error
}

// What stores refuse with. Each error says beside it what to do.
var (
	// ErrConflict refuses to write a version that is not the next one: another replica was quicker.
	ErrConflict = errors.New("the record was changed meanwhile")
	// ErrUnavailable says that the store did not answer as it should. Asking again may help.
	ErrUnavailable = errors.New("signer state unavailable")
	// ErrForeign refuses a file, database or table that holds other things, or that somebody has damaged.
	ErrForeign = errors.New("not a signer state")
	// ErrNewer refuses what a newer program has written.
	ErrNewer = errors.New("signer state of a newer version")
	// ErrTooLarge refuses a body of more than MaxBody bytes.
	ErrTooLarge = errors.New("record too large")
	// ErrInvalid refuses a record that no program should write.
	ErrInvalid = errors.New("invalid record")
)

// Known reports whether a record can have this name.
func Known(name string) bool { return slices.Contains(Names(), name) }

// Check refuses a record that no store would keep, with ErrInvalid or ErrTooLarge.
func Check(r Record) error {
	switch {
	case !Known(r.Name):
		return fmt.Errorf("%w: %q is not among the names %v", ErrInvalid, r.Name, Names())
	case r.Version < 1 || r.Version > math.MaxInt64:
		return fmt.Errorf("%w: %s has version %d, not one from 1 to %d", ErrInvalid, r.Name, r.Version, int64(math.MaxInt64))
	case len(r.Body) == 0:
		return fmt.Errorf("%w: %s has no body", ErrInvalid, r.Name)
	case len(r.Body) > MaxBody:
		return fmt.Errorf("%w: %s has %d bytes, %d are allowed", ErrTooLarge, r.Name, len(r.Body), MaxBody)
	}
	return nil
}
