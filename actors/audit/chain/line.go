package chain

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// line is a record as it is read.
type line struct {
	Seq    uint64    `json:"seq"`
	Time   time.Time `json:"time"`
	Event  string    `json:"event"`
	Fields struct {
		PreviousHash string `json:"previous_hash"`
		TornBytes    int64  `json:"torn_bytes"`
	} `json:"fields"`

	body []byte
	hash Hash
}

// What is wrong with a line.
var (
	errNoRecord = errors.New("it is no record, and the signer has not noted it as left unfinished by a crash")
	errEdited   = errors.New("its hash does not fit: it was edited, or the record before it is missing or was edited")
)

// read takes a line apart, without its newline. It checks the form, not the hash.
func read(text []byte) (line, error) {
	body, hash, ok := split(text)
	if !ok {
		return line{}, errNoRecord
	}
	l := line{body: body, hash: hash}
	var shape struct { // fields of other events may have any type
		Seq    *uint64         `json:"seq"`
		Time   time.Time       `json:"time"`
		Event  string          `json:"event"`
		Fields json.RawMessage `json:"fields"`
	}
	if err := json.Unmarshal(text, &shape); err != nil || shape.Seq == nil {
		return line{}, errNoRecord
	}
	l.Seq, l.Time, l.Event = *shape.Seq, shape.Time, shape.Event
	if l.opens() {
		if err := json.Unmarshal(shape.Fields, &l.Fields); err != nil {
			return line{}, errNoRecord
		}
	}
	return l, nil
}

func (l line) opens() bool { return l.Event == Opened }

// previous is the hash that an opening record names.
func (l line) previous() (h Hash, ok bool) {
	if !l.opens() || len(l.Fields.PreviousHash) != hex.EncodedLen(len(h)) {
		return h, false
	}
	_, err := hex.Decode(h[:], []byte(l.Fields.PreviousHash))
	return h, err == nil
}

func (l line) head() Head { return Head{l.Seq, l.hash} }

// follow checks that l is the record after h.
func (l line) follow(h Head) error {
	switch {
	case l.Seq != h.Seq+1:
		return fmt.Errorf("it has number %d where %d should come: records are missing, or out of order", l.Seq, h.Seq+1)
	case h.Hash.over(l.body) != l.hash:
		return errEdited
	}
	return nil
}
