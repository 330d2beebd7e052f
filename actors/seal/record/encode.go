package record

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"containment-chamber/actors/secmem"
)

// MaxSize is the size of the largest stored record in bytes: two quorums of 255 operators are 200 KiB.
const MaxSize = 256 << 10

const (
	format     = 1
	headerSize = 3 + sha256.Size

	schemeNone = 0
	schemeHMAC = 1
)

// Stored is a record as it is stored.
type Stored struct {
	Record Record
	// Hold says that somebody has sealed the chamber without the master key.
	Hold bool

	scheme byte
	tag    []byte
	text   []byte // the JSON
}

// Marked says that the chamber is to stay sealed until somebody opens it.
func (s Stored) Marked() bool { return s.Hold || s.Record.Emergency != nil }

// Encode writes a record, with a tag under the key for the purpose "signer state"; without one if the key is nil. The
// error is that it is too large to be stored.
func Encode(r Record, key *secmem.Secret) ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		panic("record: a record that is no JSON") // unreachable
	}
	s := Stored{scheme: schemeNone, text: text}
	if key != nil {
		s.scheme = schemeHMAC
		s.tag = s.sum(key)
	}
	if body := s.Bytes(); len(body) <= MaxSize {
		return body, nil
	}
	return nil, fmt.Errorf("%w: more than %d bytes", ErrDamaged, MaxSize)
}

// Bytes writes the record as it was read, but for the hold.
func (s Stored) Bytes() []byte {
	header := make([]byte, headerSize, headerSize+len(s.text))
	header[0], header[2] = format, s.scheme
	if s.Hold {
		header[1] = 1
	}
	copy(header[3:], s.tag)
	return append(header, s.text...)
}

// Decode reads what [Encode] and [Stored.Bytes] have written, and nothing else.
func Decode(body []byte) (Stored, error) {
	switch {
	case len(body) < headerSize:
		return Stored{}, fmt.Errorf("%w: cut off", ErrDamaged)
	case len(body) > MaxSize:
		return Stored{}, fmt.Errorf("%w: more than %d bytes", ErrDamaged, MaxSize)
	case body[0] > format:
		return Stored{}, fmt.Errorf("%w: format %d", ErrNewer, body[0])
	case body[0] != format || body[1] > 1 || body[2] > schemeHMAC:
		return Stored{}, fmt.Errorf("%w: header", ErrDamaged)
	}
	s := Stored{Hold: body[1] == 1, scheme: body[2], tag: bytes.Clone(body[3:headerSize]), text: bytes.Clone(body[headerSize:])}
	if s.scheme == schemeNone && !bytes.Equal(s.tag, make([]byte, sha256.Size)) {
		return Stored{}, fmt.Errorf("%w: a tag without a scheme", ErrDamaged)
	}
	if err := parse(s.text, &s.Record); err != nil {
		return Stored{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := s.Record.check(); err != nil {
		return Stored{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return s, nil
}

// parse reads JSON that is written as json.Marshal writes it: no field twice, none unknown, no other spelling.
func parse(text []byte, into *Record) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return errors.New("not the JSON of a record") // the decoder's own words may quote what is stored
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the record")
	}
	if again, err := json.Marshal(into); err != nil || !bytes.Equal(again, text) {
		return errors.New("not written as this program writes")
	}
	return nil
}

// Authentic returns [ErrForged] unless the record carries the right tag. Before the chamber was opened for the first
// time, there is none.
func (s Stored) Authentic(key *secmem.Secret) error {
	switch {
	case s.scheme == schemeNone && !s.Record.Opened && s.Record.Next == nil && s.Record.Management == nil:
		return nil
	case s.scheme == schemeNone:
		return fmt.Errorf("%w: it has no tag, and must have one", ErrForged)
	case !hmac.Equal(s.sum(key), s.tag):
		return fmt.Errorf("%w: its tag is wrong", ErrForged)
	}
	return nil
}

func (s Stored) sum(key *secmem.Secret) (sum []byte) {
	secmem.Do(func() {
		key.Use(func(b *[keySize]byte) {
			mac := hmac.New(sha256.New, b[:])
			mac.Write([]byte("containment-chamber seal record\x00"))
			mac.Write([]byte{format, s.scheme})
			mac.Write(s.text)
			sum = mac.Sum(nil)
		})
	})
	return sum
}
