// Package sqlite keeps the signer state in one SQLite file: the store for a signer that runs alone.
//
// # Guarantees
//
// Those of [state.Store], and: the file is locked from Open to Close, so that two signers cannot share one; only its owner
// can read or write it (mode 0600); a file of another program, the slashing-protection history included, is refused.
//
// # Decisions
//
// Three records that change a few times a year need no care for speed: this is database/sql with one connection, every
// write in a transaction with synchronous=FULL, and the write-ahead log only because a crash then never needs a repair.
//
// Each call looks whether the file is still in its place. What a ceremony stores in a file that was moved away would be
// gone with the next start, and the keys with it.
//
// There are no tickets here: a local file either answers or has not written.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"containment-chamber/actors/state"
)

var _ state.Store = (*Store)(nil)

// Store is a signer state in one SQLite file, which it holds for itself until Close.
type Store struct {
	db   *sql.DB
	path string
	file os.FileInfo
}

// Open opens the state in the file at path, creates it if need be, and brings its schema up to date. Its errors are
// [state.ErrUnavailable], [state.ErrForeign] and [state.ErrNewer]; each says what to do.
func Open(ctx context.Context, path string) (*Store, error) {
	s := &Store{path: path}
	if err := s.open(ctx); err != nil {
		return nil, s.explain(err)
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) error {
	var err error
	if s.file, err = claim(s.path); err != nil {
		return err
	}
	if s.db, err = connect(s.path); err != nil {
		return err
	}
	if err := s.prepare(ctx); err != nil {
		return errors.Join(err, s.db.Close())
	}
	return nil
}

// Read implements [state.Store].
func (s *Store) Read(ctx context.Context) ([]state.Record, error) {
	records, err := s.read(ctx)
	return records, s.explain(err)
}

func (s *Store) read(ctx context.Context) ([]state.Record, error) {
	if err := s.inPlace(); err != nil {
		return nil, err
	}
	rows, err := s.db.QueryContext(ctx, "SELECT name, version, body FROM records ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close() // Err has told
	var records []state.Record
	for rows.Next() {
		var r state.Record
		if err := rows.Scan(&r.Name, &r.Version, &r.Body); err != nil {
			return nil, err
		}
		if state.Known(r.Name) { // a newer program may have more
			records = append(records, r)
		}
	}
	return records, rows.Err()
}

// Write implements [state.Store].
func (s *Store) Write(ctx context.Context, r state.Record) error {
	if err := state.Check(r); err != nil {
		return err
	}
	return s.explain(s.write(ctx, r))
}

func (s *Store) write(ctx context.Context, r state.Record) error {
	if err := s.inPlace(); err != nil {
		return err
	}
	const insert = "INSERT INTO records (name, version, body) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
	const update = "UPDATE records SET version = ?2, body = ?3 WHERE name = ?1 AND version = ?2 - 1"
	swap := update
	if r.Version == 1 {
		swap = insert
	}
	result, err := s.db.ExecContext(ctx, swap, r.Name, int64(r.Version), r.Body) // a transaction of its own
	if err != nil {
		return err
	}
	switch changed, err := result.RowsAffected(); {
	case err != nil:
		return err
	case changed == 0:
		return fmt.Errorf("%w: version %d of %s is not the next one: read it again", state.ErrConflict, r.Version, r.Name)
	}
	return nil
}

// Close implements [state.Store].
func (s *Store) Close() error { return s.explain(s.db.Close()) }
