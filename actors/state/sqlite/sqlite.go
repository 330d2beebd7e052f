// Package sqlite keeps the signer state in one SQLite file: the store for a signer that runs alone.
//
// # Guarantees
//
// Those of [state.Store], and of package sqlitefile: only its owner can read or write the file; one of another program, the
// slashing-protection history included, is refused; and several processes may use it at once.
//
// # Decisions
//
// Three records that change a few times a year need no care for speed: this is database/sql with one connection, every
// write in a transaction with synchronous=FULL, and the write-ahead log only because a crash then never needs a repair.
//
// The file is not locked while it is open: tools open the chamber beside the running signer, to import keys. Two signers
// on one file are two replicas of one chamber, as on any other store. What they must not share is the slashing-protection
// history, which has a lock of its own.
//
// There are no tickets here: a local file either answers or has not written.
package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"containment-chamber/actors/sqlitefile"
	"containment-chamber/actors/state"
)

var _ state.Store = (*Store)(nil)

// Store is a signer state in one SQLite file.
type Store struct {
	db   *sqlitefile.DB
	path string
}

// Open opens the state in the file at path, creates it if need be, and brings its schema up to date. Its errors are
// [state.ErrUnavailable], [state.ErrForeign] and [state.ErrNewer]; each says what to do.
func Open(ctx context.Context, path string) (*Store, error) {
	db, err := sqlitefile.Open(ctx, sqlitefile.Config{
		Path: path, ApplicationID: applicationID, Migrations: migrations[:], Foreign: state.ErrForeign, Newer: state.ErrNewer,
	})
	if err != nil {
		return nil, state.At(path, err)
	}
	return &Store{db, path}, nil
}

// Read implements [state.Store].
func (s *Store) Read(ctx context.Context) ([]state.Record, error) {
	var records []state.Record
	err := s.db.Query(ctx, func(rows *sql.Rows) error {
		var r state.Record
		if err := rows.Scan(&r.Name, &r.Version, &r.Body); err != nil {
			return err
		}
		if state.Known(r.Name) { // a newer program may have more
			records = append(records, r)
		}
		return nil
	}, "SELECT name, version, body FROM records ORDER BY name")
	if err != nil {
		return nil, state.At(s.path, err)
	}
	return records, nil
}

// Write implements [state.Store].
func (s *Store) Write(ctx context.Context, r state.Record) error {
	if err := state.Check(r); err != nil {
		return err
	}
	const insert = "INSERT INTO records (name, version, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
	const update = "UPDATE records SET version = ?2, body = ?3 WHERE name = ?1 AND version = ?2 - 1"
	swap := update
	if r.Version == 1 {
		swap = insert
	}
	changed, err := s.db.Exec(ctx, swap, r.Name, int64(r.Version), r.Body)
	if err == nil && changed == 0 {
		err = fmt.Errorf("%w: version %d of %s is not the next one: read it again", state.ErrConflict, r.Version, r.Name)
	}
	return state.At(s.path, err)
}

// Close implements [state.Store].
func (s *Store) Close() error { return state.At(s.path, s.db.Close()) }
