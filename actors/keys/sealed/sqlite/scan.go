package sqlite

import (
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"containment-chamber/actors/keys/sealed"
	"containment-chamber/messages"
)

var errDamaged = errors.New("its row in the database breaks the rules of the table: remove it, and import the key again")

// columns is one line of the answer, all of it but the revision null where there is no row.
type columns struct {
	public, content          []byte
	chamber, status          sql.NullString
	canary, created, changed sql.NullInt64
}

// scan takes one line of the answer into the listing.
func scan(rows *sql.Rows, listing *sealed.Listing) error {
	var c columns
	if err := rows.Scan(&listing.Revision, &c.public, &c.chamber, &c.status, &c.canary, &c.created, &c.changed, &c.content); err != nil {
		return err
	}
	if c.public == nil {
		return nil
	}
	row, sound := c.row()
	if !sound {
		name := "0x" + hex.EncodeToString(c.public[:min(len(c.public), len(messages.PublicKey{}))])
		listing.Damaged = append(listing.Damaged, messages.KeyFailure{Source: Source, Name: name, Err: errDamaged})
		return nil
	}
	listing.Rows = append(listing.Rows, row)
	return nil
}

// row checks what the table's constraints should have seen to.
func (c columns) row() (r sealed.Row, sound bool) {
	r = sealed.Row{
		ChamberID: c.chamber.String, Status: sealed.Status(c.status.String), Canary: c.canary.Int64 == 1,
		Created: time.Unix(c.created.Int64, 0).UTC(), Changed: time.Unix(c.changed.Int64, 0).UTC(), Sealed: c.content,
	}
	copy(r.PublicKey[:], c.public)
	isStatus, isFlag := r.Status == sealed.Active || r.Status == sealed.Inactive, c.canary.Int64 == 0 || c.canary.Int64 == 1
	return r, len(c.public) == len(r.PublicKey) && isStatus && isFlag
}
