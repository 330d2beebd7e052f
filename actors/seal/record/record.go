// Package record is the seal record: the one thing in the signer state that the master key can be rebuilt from, by those
// who may. It makes, opens and changes records, and knows neither stores nor key-encryption keys: whoever wraps and
// unwraps shares hands them over. All functions take values and return values.
//
// # The construction
//
// The master key is 32 random bytes. A [Set] is what opens it, in up to two layers:
//
//	layer of key-encryption keys   an outer key, split by Shamir, each share wrapped by one reference
//	quorum of operators            an unseal key, split by Shamir, each share sealed by one operator's credential
//
// With both, the master key is encrypted by the unseal key, and that by the outer key; with one, by that one's key. It is
// AES-256-GCM, and the associated data is the line
//
//	containment-chamber seal 1 LAYER CHAMBER GENERATION
//
// From the master key all other keys are derived by HKDF-SHA-256, with the chamber's id as salt and the line
// "containment-chamber 1 PURPOSE" as info; the one for the purpose "verifier" stands in the record, and proves a master
// key that was rebuilt before it is used. A SHA-256 of each share proves that it is the one that was made: whoever
// registers, or unwraps, is told at once what is wrong, and one bad share spoils no other.
//
// # How it is stored
//
// Numbers count bytes.
//
//	1  version of this format: 1
//	1  hold: 1 when somebody has sealed the chamber who had no master key
//	1  scheme: 0 when no master key was known yet, 1 with a tag
//	32 tag: HMAC-SHA-256 over the scheme and the JSON, under the key for the purpose "signer state"
//	…  the record as JSON, written in exactly one way
//
// # What it guarantees
//
//   - No state ever holds a share in the clear. At the initialisation every operator's share is sealed under a
//     registration token, and the keys are gone with the [Draft]. A crash before all have registered loses nothing.
//   - A rotation makes a new set beside the one in force, and replaces that only when the new one is complete and each of
//     its shares was proved. The old set is not touched before.
//   - What is read is checked to the last field before it is believed, and what is rebuilt is verified before it is used.
//     A record of another chamber, an older one, one that was edited or cut off is refused by name.
//   - Encoding and decoding are inverse: there is one text for each record, so a tag over it says all.
//
// # Decisions
//
// Each layer has the generation in which it was made. So the key-encryption keys can be replaced without any operator:
// the shares of the quorum stay bound to the generation that they were sealed for.
//
// The tag is under a key from the master key: a thief of the database cannot make one. It cannot be there before the
// chamber was opened for the first time, nor can it keep somebody from putting back a whole older record. Processes
// remember the highest version that they have seen ([Record.Follows]).
//
// The hold is outside of the tag, because a chamber must be sealable while it is not open. Who edits the database can
// take a hold away, but not the mark inside the tag that a seal of an open chamber leaves; and taking a hold away opens
// nothing that needs a quorum.
//
// The management token can be checked for sealing without the master key, because a chamber must be sealable while it is
// not open, or while nobody else knows that it is sealed. That check proves less: whoever can edit the database can make
// a token that passes it. He could put the hold there himself. The token has 256 random bits, so its tag gives nothing away.
//
// A digest of a share gives nothing away: a share is 32 bytes that nobody can guess. Nor does that of a registration token,
// which is kept so that only who has used it is told that it is used.
package record

import (
	"encoding/hex"
	"errors"
	"fmt"

	"containment-chamber/actors/seal/quorum"
	"containment-chamber/messages"
)

// ID names a chamber: 16 random bytes.
type ID [16]byte

// String returns 32 lower-case hexadecimal digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// MarshalText writes the form of String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the form of String.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) != 2*len(id) {
		return errors.New("an id has 32 hexadecimal digits")
	}
	_, err := hex.Decode(id[:], text)
	return err
}

// Stage is how far a chamber is.
type Stage string

// The stages. A record is uninitialized when its initialisation was undone.
const (
	Uninitialized Stage = "uninitialized"
	Registering   Stage = "registering"
	Ready         Stage = "ready"
)

// Record is the seal record.
type Record struct {
	Chamber ID    `json:"chamber"`
	Stage   Stage `json:"stage"`
	// Serial counts the changes of this text, Generation the sets that were made.
	Serial     uint64 `json:"serial"`
	Generation uint64 `json:"generation"`
	// Opened says that the chamber was open once, so that there is a tag.
	Opened   bool   `json:"opened"`
	Verifier []byte `json:"verifier,omitempty"`
	Set      *Set   `json:"set,omitempty"`
	// Next is the set that is to come, and Rotation which ceremony makes it.
	Next     *Set   `json:"next,omitempty"`
	Rotation string `json:"rotation,omitempty"`
	// Emergency is there while the chamber is to stay sealed until somebody opens it.
	Emergency  *Emergency  `json:"emergency,omitempty"`
	Management *Management `json:"management,omitempty"`
}

// Set is what opens the master key.
type Set struct {
	KMS    *KMSLayer    `json:"kms,omitempty"`
	Quorum *QuorumLayer `json:"quorum,omitempty"`
	// Master is the master key, encrypted.
	Master []byte `json:"master"`
}

// KMSLayer is the layer of key-encryption keys.
type KMSLayer struct {
	Generation uint64    `json:"generation"`
	Threshold  int       `json:"threshold"`
	Shares     []Wrapped `json:"shares"`
}

// Wrapped is one share of the outer key.
type Wrapped struct {
	Reference string `json:"reference"`
	Wrapped   []byte `json:"wrapped"`
	Digest    []byte `json:"digest"`
}

// QuorumLayer is the quorum of operators.
type QuorumLayer struct {
	Generation uint64     `json:"generation"`
	Threshold  int        `json:"threshold"`
	Operators  []Operator `json:"operators"`
}

// Operator has one share of the unseal key.
type Operator struct {
	Name string `json:"name"`
	// Challenge is what a YubiKey answers at the registration.
	Challenge  []byte            `json:"challenge"`
	Credential quorum.Credential `json:"credential"`
	Digest     []byte            `json:"digest"`
	// Used is the digest of the registration token that the operator has used.
	Used []byte `json:"used,omitempty"`
}

// Registered reports whether the operator has exchanged the registration token.
func (o Operator) Registered() bool { return o.Credential.Kind != quorum.Registration }

// Emergency is a seal that somebody asked for. At is in seconds since 1970.
type Emergency struct {
	By     string `json:"by"`
	Reason string `json:"reason"`
	At     int64  `json:"at"`
}

// Management is the management token. MAC is HMAC-SHA-256 under the key for tokens; Seal the same under the chamber's id,
// which is no secret. At is in seconds since 1970.
type Management struct {
	ID   string `json:"id"`
	MAC  []byte `json:"mac"`
	Seal []byte `json:"seal"`
	By   string `json:"by"`
	At   int64  `json:"at"`
}

// Refusal is why a record, or what was rebuilt with it, is not believed. It is a [messages.ErrStateRefused].
type Refusal string

// Error implements error.
func (r Refusal) Error() string { return messages.ErrStateRefused.Error() + ": " + string(r) }

// Unwrap returns the sentinel.
func (Refusal) Unwrap() error { return messages.ErrStateRefused }

// The refusals.
const (
	// ErrDamaged says that the record is cut off, or breaks a rule that every record keeps.
	ErrDamaged Refusal = "seal record damaged"
	// ErrNewer says that a later version of this program wrote it.
	ErrNewer Refusal = "seal record of a newer program"
	// ErrForged says that its tag is wrong, or is missing where there must be one.
	ErrForged Refusal = "seal record not authentic"
	// ErrForeign says that it is another chamber's.
	ErrForeign Refusal = "seal record of another chamber"
	// ErrOlder says that a later one was seen.
	ErrOlder Refusal = "seal record older than one that was seen"
	// ErrShare says that a share is not the one that was made.
	ErrShare Refusal = "share of another chamber or generation, or damaged"
	// ErrMaster says that what was rebuilt is not this chamber's master key.
	ErrMaster Refusal = "what the shares make is not the master key"
)

// Follows tells why next cannot come after r, or nil. Of a chamber that is not initialised, or whose operators have not
// registered, nothing can be lost: it may be undone, and begin anew under another id.
func (r Record) Follows(next Record) error {
	switch settled := r.Stage == Ready; {
	case settled && next.Chamber != r.Chamber:
		return fmt.Errorf("%w: it is %s, this is %s", ErrForeign, next.Chamber, r.Chamber)
	case settled && next.Stage != Ready:
		return fmt.Errorf("%w: it is %s, and this chamber is ready", ErrOlder, next.Stage)
	case settled && r.Opened && !next.Opened:
		return fmt.Errorf("%w: it was never open, and this chamber was", ErrForged)
	case next.Chamber == r.Chamber && (next.Serial < r.Serial || next.Generation < r.Generation):
		return fmt.Errorf("%w: it is number %d, and %d was seen", ErrOlder, next.Serial, r.Serial)
	}
	return nil
}

// Find returns the place of an operator in the quorum, or -1.
func (s *Set) Find(operator string) int {
	if s != nil && s.Quorum != nil {
		for i, o := range s.Quorum.Operators {
			if o.Name == operator {
				return i
			}
		}
	}
	return -1
}

// Complete reports whether all operators have registered.
func (s *Set) Complete() bool {
	if s.Quorum == nil {
		return true
	}
	for _, o := range s.Quorum.Operators {
		if !o.Registered() {
			return false
		}
	}
	return true
}
