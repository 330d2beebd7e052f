// Package sealed is validators' keys under the master key: what a row of them is ([Row]), and what a store of rows promises
// ([Store]). The stores are the packages beneath it.
//
// # The row
//
// A secret is encrypted by AES-256-GCM under the key that is derived from the master key for validators' keys. Numbers
// count bytes.
//
//	 1  scheme of what follows: 1
//	12  nonce
//	32  the secret
//	16  tag, over the line: containment-chamber validator key 1 CHAMBER PUBLICKEY STATUS KIND
//
// KIND is "canary" or "key". Public keys, chamber, status and kind stand beside it in the clear, so that a signer knows
// while it is sealed which keys it will have.
//
// # What it guarantees
//
//   - [Row.Open] returns the secret key that belongs to the row's public key, or an error: a row that was edited, cut off,
//     swapped with another or copied from another chamber gives no key. What somebody who can write to the store can do is
//     to remove rows, and to put back older ones.
//   - No error contains a secret.
//
// # Decisions
//
// The status is bound as well, although it makes every change of it an encryption: whoever edits the database cannot
// activate a key that was deactivated here because another signer has it now. So is the mark of a canary, which a thief
// would otherwise take off first.
//
// Times are not bound: they are for people.
//
// Each row is encrypted by itself under one key, with a random nonce; see package box for how many that allows. A key for
// each row would have to be derived from the master key, which the owner of keys is not given.
package sealed

import (
	"context"
	"errors"
	"time"

	"containment-chamber/messages"
)

// Status says whether a key is to sign.
type Status string

// The statuses.
const (
	Active   Status = "active"
	Inactive Status = "inactive"
)

// Row is one key, as it is stored.
type Row struct {
	PublicKey messages.PublicKey
	// ChamberID is the chamber's whose master key it is under, in 32 hexadecimal digits.
	ChamberID string
	Status    Status
	// Canary marks a key that is never to sign.
	Canary bool
	// Created and Changed are in whole seconds.
	Created, Changed time.Time
	// Sealed is the secret, encrypted.
	Sealed []byte
}

// Listing is what a store holds.
type Listing struct {
	// Revision is another one after each change of the store; at least 1.
	Revision uint64
	// Rows are in ascending order of their public keys. There are none if the store is as it was.
	Rows []Row
	// Damaged names rows that cannot even be read.
	Damaged []messages.KeyFailure
}

// Store keeps rows, of one chamber or of several. Its methods may be called from several goroutines, and by several
// processes on one store.
type Store interface {
	// List returns all rows as they were at one moment. If the revision is still the one that is known, it returns nothing
	// but that; 0 is never the revision. The error wraps ErrUnavailable or ErrForeign.
	List(ctx context.Context, known uint64) (Listing, error)
	// Add stores the rows whose keys are not there yet, and says for each whether it was stored. After an error it is not
	// known which were; asking again is safe. The error wraps ErrUnavailable or ErrForeign.
	Add(ctx context.Context, rows []Row) (added []bool, err error)
	// Close ends the use of the store.
	Close() error
}

// What stores refuse with. Each error says beside it what to do.
var (
	// ErrUnavailable says that the store did not answer as it should. Asking again may help.
	ErrUnavailable = errors.New("store of sealed keys unavailable")
	// ErrForeign refuses a file, database or table that holds other things, or that somebody has damaged.
	ErrForeign = errors.New("not a store of sealed keys")
	// ErrNewer refuses what a newer program has written: a store, or a row.
	ErrNewer = errors.New("sealed keys of a newer version")
)

// Why a row gives no key.
var (
	// ErrOtherChamber says that the row is another chamber's.
	ErrOtherChamber = errors.New("sealed under the master key of another chamber")
	// ErrEdited says that the row is not as it was written.
	ErrEdited = errors.New("edited, cut off, or swapped with another row")
	// ErrWrongKey says that the secret belongs to another public key.
	ErrWrongKey = errors.New("its secret belongs to another public key")
)
