package postgres

import (
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// What the constraints of the schema forbid is not believed either: whoever edits rows may drop constraints.
func TestMalformedRowsAreNotBelieved(t *testing.T) {
	key, short := messages.PublicKey{1}, []byte{1, 2, 3}
	head := func(edit func(*headRow)) error {
		r := headRow{key: key[:], mac: []byte{}}
		edit(&r)
		_, err := r.believe(eip3076.Marker{})
		return err
	}
	block := func(r blockRow) error { _, err := r.believe(key, eip3076.Marker{}); return err }
	vote := func(r voteRow) error { _, err := r.believe(key, eip3076.Marker{}); return err }
	for name, c := range map[string]struct {
		err    error
		reason string
	}{
		"head":                     {head(func(*headRow) {}), ""},
		"head with a short key":    {head(func(r *headRow) { r.key = short }), eip3076.ReasonMalformedKey},
		"head below zero":          {head(func(r *headRow) { r.numbers[4] = -1 }), eip3076.ReasonMalformedRow},
		"head of scheme -1":        {head(func(r *headRow) { r.scheme = -1 }), eip3076.ReasonMalformedRow},
		"head of scheme 256":       {head(func(r *headRow) { r.scheme = 256 }), eip3076.ReasonMalformedRow},
		"head of scheme 9":         {head(func(r *headRow) { r.scheme = 9 }), eip3076.ReasonUnsupportedScheme},
		"head with a MAC too much": {head(func(r *headRow) { r.mac = short }), eip3076.ReasonMismatch},
		"block":                    {block(blockRow{slot: 1}), ""},
		"block below zero":         {block(blockRow{slot: -1}), eip3076.ReasonMalformedRow},
		"block with a short root":  {block(blockRow{root: short}), eip3076.ReasonMalformedRow},
		"block of scheme -1":       {block(blockRow{scheme: -1}), eip3076.ReasonMalformedRow},
		"vote":                     {vote(voteRow{source: 1, target: 2}), ""},
		"vote below zero":          {vote(voteRow{source: -1}), eip3076.ReasonMalformedRow},
		"vote for below zero":      {vote(voteRow{target: -1}), eip3076.ReasonMalformedRow},
		"vote with an empty root":  {vote(voteRow{root: []byte{}}), eip3076.ReasonMalformedRow},
		"vote of scheme 256":       {vote(voteRow{scheme: 256}), eip3076.ReasonMalformedRow},
	} {
		var row eip3076.RowError
		if errors.As(c.err, &row); row.Reason != c.reason || (c.err == nil) != (c.reason == "") {
			t.Errorf("%s: %v, want %q", name, c.err, c.reason)
		}
	}
}
