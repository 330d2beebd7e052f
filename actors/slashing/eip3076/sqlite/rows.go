package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// What every query for rows of this kind begins with.
const (
	selectBlock       = "SELECT slot, rival, signing_root, scheme, mac FROM blocks "
	selectAttestation = "SELECT source_epoch, target_epoch, rival, signing_root, scheme, mac FROM attestations "
)

// stored is a row as it stands in the file, by whomever it was written.
type stored[F eip3076.Block | eip3076.Attestation] struct {
	eip3076.Row[F]
	rival int64
}

// storedBlocks yields the rows of a query that begins with selectBlock. An [eip3076.RowError] is of one row, and others
// follow it; any other error is the last.
func (c *connection) storedBlocks(key messages.PublicKey, text string, args ...driver.Value) iter.Seq2[stored[eip3076.Block], error] {
	return func(yield func(stored[eip3076.Block], error) bool) {
		for row, err := range c.rows(text, args...) {
			s := stored[eip3076.Block]{Row: eip3076.Row[eip3076.Block]{Key: key}}
			if err == nil {
				s.Fact.Slot, s.rival, s.Mark = count(row[0]), int64(count(row[1])), readMark(row[3], row[4])
				s.Fact.SigningRoot, s.Fact.HasRoot, err = readRoot(eip3076.RowBlock, row[2])
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// storedAttestations does the same for a query that begins with selectAttestation.
func (c *connection) storedAttestations(key messages.PublicKey, text string, args ...driver.Value) iter.Seq2[stored[eip3076.Attestation], error] {
	return func(yield func(stored[eip3076.Attestation], error) bool) {
		for row, err := range c.rows(text, args...) {
			s := stored[eip3076.Attestation]{Row: eip3076.Row[eip3076.Attestation]{Key: key}}
			if err == nil {
				s.Fact.Source, s.Fact.Target = count(row[0]), count(row[1])
				s.rival, s.Mark = int64(count(row[2])), readMark(row[4], row[5])
				s.Fact.SigningRoot, s.Fact.HasRoot, err = readRoot(eip3076.RowAttestation, row[3])
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// blocks yields what the rows of a query say, where they can be believed; errors are as in storedBlocks.
func (c *connection) blocks(key messages.PublicKey, text string, args ...driver.Value) iter.Seq2[eip3076.Block, error] {
	marks := c.marks.Now()
	return func(yield func(eip3076.Block, error) bool) {
		for s, err := range c.storedBlocks(key, text, args...) {
			if err == nil {
				err = marks.CheckBlock(key, s.Fact, s.Mark)
			}
			if !yield(s.Fact, err) {
				return
			}
		}
	}
}

// attestations does the same for attestations.
func (c *connection) attestations(key messages.PublicKey, text string, args ...driver.Value) iter.Seq2[eip3076.Attestation, error] {
	marks := c.marks.Now()
	return func(yield func(eip3076.Attestation, error) bool) {
		for s, err := range c.storedAttestations(key, text, args...) {
			if err == nil {
				err = marks.CheckAttestation(key, s.Fact, s.Mark)
			}
			if !yield(s.Fact, err) {
				return
			}
		}
	}
}

// readRoot reads a root that may be NULL.
func readRoot(kind string, value driver.Value) (messages.Root, bool, error) {
	bytes, known := value.([]byte)
	if known && len(bytes) != len(messages.Root{}) {
		return messages.Root{}, false, eip3076.MalformedRow(kind, "its signing root has %d bytes", len(bytes))
	}
	if !known {
		return messages.Root{}, false, nil
	}
	return messages.Root(bytes), true, nil
}

// readMark reads the columns scheme and mac. A scheme that is no byte is one that this program does not know.
func readMark(scheme, mac driver.Value) eip3076.Mark {
	bytes, _ := mac.([]byte)
	return eip3076.Mark{Scheme: eip3076.Scheme(min(count(scheme), 0xff)), MAC: bytes}
}

// of names the validator whose rows cannot be believed.
func of(key messages.PublicKey, err error) error {
	if errors.Is(err, messages.ErrRowRefused) || errors.Is(err, messages.ErrStoreRegressed) {
		return fmt.Errorf("validator %v: %w", key, err)
	}
	return err
}

// count reads a number that the schema keeps from being negative; NULL is 0.
func count(value driver.Value) uint64 {
	n, _ := value.(int64)
	return uint64(n)
}
