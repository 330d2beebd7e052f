package state

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"containment-chamber/actors/secmem"
)

// KeySize is the length in bytes of the key that authenticates records. It is derived from the master key.
const KeySize = 32

// ChamberID tells one chamber from all others.
type ChamberID [16]byte

// ErrForged refuses a record that this chamber did not write: it was edited, moved here from another record, version or
// chamber, or its tag was stripped.
var ErrForged = errors.New("record is not authentic")

// The first byte of an authenticated body says how it is authenticated.
const (
	schemeNone       = 0 // not at all: the master key was not known
	schemeHMACSHA256 = 1 // a tag of HMAC-SHA256 follows
)

// purpose keeps tags of records apart from whatever else might be authenticated under the same key.
const purpose = "containment-chamber signer-state record v1\x00"

// Authenticate returns the record with a body that carries a tag: HMAC-SHA256 over the chamber, the name, the version
// and the body. The key has KeySize bytes.
func Authenticate(key []byte, chamber ChamberID, r Record) Record {
	body := append([]byte{schemeHMACSHA256}, tag(key, chamber, r)...)
	r.Body = append(body, r.Body...)
	return r
}

// Verify is the inverse of [Authenticate]. It refuses with ErrForged what was not authenticated under this key for this
// chamber, name and version, and with ErrNewer a scheme that it does not know. The body shares memory with the given one.
func Verify(key []byte, chamber ChamberID, r Record) (Record, error) {
	inner, stored, err := split(r)
	if err != nil {
		return Record{}, err
	}
	if stored == nil {
		return Record{}, fmt.Errorf("%w: %s version %d carries no tag", ErrForged, r.Name, r.Version)
	}
	if !hmac.Equal(stored, tag(key, chamber, inner)) {
		return Record{}, fmt.Errorf("%w: the tag of %s version %d does not fit", ErrForged, r.Name, r.Version)
	}
	return inner, nil
}

// LeaveOpen returns the record with a body that says that it is not authenticated, for those who do not know the key.
func LeaveOpen(r Record) Record {
	r.Body = append([]byte{schemeNone}, r.Body...)
	return r
}

// Peek takes off what [Authenticate] or [LeaveOpen] has put on, and believes it. Tagged says whether there is a tag that
// [Verify] could check. Its errors are those of Verify for bodies that are no such thing.
func Peek(r Record) (inner Record, tagged bool, err error) {
	inner, stored, err := split(r)
	return inner, stored != nil, err
}

// split returns the record without its wrapping, and the tag; nil if there is none.
func split(r Record) (Record, []byte, error) {
	if len(r.Body) == 0 {
		return Record{}, nil, fmt.Errorf("%w: %s version %d is empty", ErrForged, r.Name, r.Version)
	}
	scheme, rest := r.Body[0], r.Body[1:]
	var stored []byte
	switch scheme {
	case schemeNone:
	case schemeHMACSHA256:
		if len(rest) < sha256.Size {
			return Record{}, nil, fmt.Errorf("%w: %s version %d is cut off", ErrForged, r.Name, r.Version)
		}
		stored, rest = rest[:sha256.Size], rest[sha256.Size:]
	default:
		return Record{}, nil, fmt.Errorf("%w: %s version %d is authenticated by scheme %d: start the newer program that wrote it", ErrNewer, r.Name, r.Version, scheme)
	}
	r.Body = slices.Clip(rest)
	return r, stored, nil
}

// tag authenticates a record. Every part but the last has a length that is fixed or told, so no two records share a text.
func tag(key []byte, chamber ChamberID, r Record) (sum []byte) {
	if len(key) != KeySize {
		panic("state: a key that authenticates records has 32 bytes")
	}
	secmem.Do(func() {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(purpose))
		mac.Write(chamber[:])
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(r.Name))))
		mac.Write([]byte(r.Name))
		mac.Write(binary.BigEndian.AppendUint64(nil, r.Version))
		mac.Write(r.Body)
		sum = mac.Sum(nil)
	})
	return sum
}
