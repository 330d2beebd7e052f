// Package sqlite keeps sealed keys in one SQLite file: the store for a signer that runs alone, or for several on one
// machine.
//
// # Guarantees
//
// Those of [sealed.Store], and of package sqlitefile: only its owner can read or write the file, one of another program is
// refused, and tools add keys while the signer runs.
//
// # Decisions
//
// Triggers count the revision, so that a row is also noticed that somebody removes or edits by hand.
//
// Constraints keep a careless hand from writing nonsense. They are not trusted: each row is checked when it is read, and
// one that cannot be read hides no other.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/sqlitefile"
)

// Source is what keys of this store are said to come from, in metrics and events.
const Source = "sqlite"

// applicationID marks a file as ours: the letters CCvk (Containment Chamber, validators' keys).
const applicationID = 0x4343766b

// migrations bring the schema from version i to i+1. They are never changed, only added to.
var migrations = [...]string{
	`
CREATE TABLE metadata (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	revision INTEGER NOT NULL
) STRICT;
INSERT INTO metadata VALUES (1, 1);

-- Times are in seconds since 1970.
CREATE TABLE keys (
	public_key BLOB PRIMARY KEY CHECK (length(public_key) = 48),
	chamber TEXT NOT NULL CHECK (length(chamber) = 32),
	status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
	canary INTEGER NOT NULL CHECK (canary IN (0, 1)),
	created INTEGER NOT NULL,
	changed INTEGER NOT NULL,
	sealed BLOB NOT NULL CHECK (length(sealed) BETWEEN 1 AND 4096)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER added AFTER INSERT ON keys BEGIN UPDATE metadata SET revision = revision + 1; END;
CREATE TRIGGER edited AFTER UPDATE ON keys BEGIN UPDATE metadata SET revision = revision + 1; END;
CREATE TRIGGER removed AFTER DELETE ON keys BEGIN UPDATE metadata SET revision = revision + 1; END;
`,
}

var _ sealed.Store = (*Store)(nil)

// Store is an open file.
type Store struct {
	db   *sqlitefile.DB
	path string
}

// Open opens the keys in the file at path, creates it if need be, and brings its schema up to date. Its errors are
// [sealed.ErrUnavailable], [sealed.ErrForeign] and [sealed.ErrNewer]; each says what to do.
func Open(ctx context.Context, path string) (*Store, error) {
	db, err := sqlitefile.Open(ctx, sqlitefile.Config{
		Path: path, ApplicationID: applicationID, Migrations: migrations[:], Foreign: sealed.ErrForeign, Newer: sealed.ErrNewer,
	})
	if err != nil {
		return nil, at(path, err)
	}
	return &Store{db, path}, nil
}

// at names the file, and what kind of error it is unless that was said.
func at(path string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sealed.ErrForeign), errors.Is(err, sealed.ErrNewer):
		return fmt.Errorf("%s: %w", path, err)
	}
	return fmt.Errorf("%w: %s: %w", sealed.ErrUnavailable, path, err)
}

// List implements [sealed.Store].
func (s *Store) List(ctx context.Context, known uint64) (sealed.Listing, error) {
	// One statement sees one moment. Without rows, and with a revision that is known, one line of nulls is left of it.
	const rows = `
SELECT revision, public_key, chamber, status, canary, created, changed, sealed
FROM metadata LEFT JOIN keys ON revision <> ? ORDER BY public_key`
	var listing sealed.Listing
	err := s.db.Query(ctx, func(line *sql.Rows) error { return scan(line, &listing) }, rows, int64(known))
	if err == nil && listing.Revision == 0 {
		err = fmt.Errorf("%w: its revision is gone: put a backup in its place", sealed.ErrForeign)
	}
	if err != nil {
		return sealed.Listing{}, at(s.path, err)
	}
	return listing, nil
}

// Add implements [sealed.Store]: all rows in one transaction.
func (s *Store) Add(ctx context.Context, rows []sealed.Row) ([]bool, error) {
	const insert = `
INSERT INTO keys (public_key, chamber, status, canary, created, changed, sealed) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
	added := make([]bool, len(rows))
	err := s.db.Transact(ctx, func(tx *sql.Tx) error {
		for i, r := range rows {
			result, err := tx.ExecContext(ctx, insert, r.PublicKey[:], r.ChamberID, string(r.Status), r.Canary, r.Created.Unix(), r.Changed.Unix(), r.Sealed)
			if err != nil {
				return err
			}
			changed, err := result.RowsAffected()
			if err != nil {
				return err
			}
			added[i] = changed == 1
		}
		return nil
	})
	if err != nil {
		return nil, at(s.path, err)
	}
	return added, nil
}

// Close implements [sealed.Store].
func (s *Store) Close() error { return at(s.path, s.db.Close()) }
