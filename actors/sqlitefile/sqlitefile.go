// Package sqlitefile is what the files of SQLite have in common that this program keeps: who may read them, how they are
// told from other files, and what their owner is told to do when something is wrong with one.
//
// # What it guarantees
//
//   - Only its owner can read or write a file, its log and its index (mode 0600).
//   - A file that is no database, of another program, of another part of this one, or of a newer version of it is refused,
//     and not touched.
//   - What [DB.Exec] and [DB.Transact] have done is on disk when they return (write-ahead log, synchronous=FULL), as a
//     whole, or nothing of it is.
//   - Each call looks whether the file is still in its place: what is written to a file that was moved away is gone with
//     the next start.
//   - Several processes may use a file at once. A writer waits for others, for a few seconds.
//   - Every error says what to do, if there is something.
//
// # Decisions
//
// [Claim], [File.InPlace] and [Advice] stand by themselves, for a store that needs a lock of its own on its file and a
// driver without database/sql.
//
// The pool has one connection. Nothing here is written more than now and then, and a read takes milliseconds.
package sqlitefile

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
)

// Config says which file to open.
type Config struct {
	// Path is the file. SQLite keeps two others beside it, with the suffixes -wal and -shm.
	Path string
	// MustExist refuses to create it.
	MustExist bool
	// ApplicationID tells this part's files from all others.
	ApplicationID int32
	// Migrations bring the schema from version i to i+1. They are never changed, only added to.
	Migrations []string
	// Foreign and Newer are what refusals wrap: of a file that holds something else, and of one of a newer version.
	Foreign, Newer error
}

// DB is an open file. Its methods may be called from several goroutines.
type DB struct {
	cfg  Config
	file *File
	db   *sql.DB
}

// Open opens a file, creates it if need be, and brings its schema up to date.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	d := &DB{cfg: cfg}
	if err := d.open(ctx); err != nil {
		return nil, d.explain(err)
	}
	return d, nil
}

func (d *DB) open(ctx context.Context) error {
	var err error
	if d.file, err = Claim(d.cfg.Path, d.cfg.MustExist); err != nil {
		return err
	}
	name, err := d.file.Name(url.Values{
		"_busy_timeout": {"5000"}, // milliseconds: many times what any transaction here takes
		"_synchronous":  {"FULL"},
		"_txlock":       {"immediate"},
	})
	if err != nil {
		return err
	}
	if d.db, err = sql.Open("sqlite3", name); err != nil {
		return err
	}
	d.db.SetMaxOpenConns(1)
	if err := d.prepare(ctx); err != nil {
		return errors.Join(err, d.db.Close())
	}
	return nil
}

// Query calls scan for each row of the answer.
func (d *DB) Query(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) error {
	return d.explain(d.query(ctx, scan, text, args))
}

func (d *DB) query(ctx context.Context, scan func(*sql.Rows) error, text string, args []any) error {
	if err := d.file.InPlace(); err != nil {
		return err
	}
	rows, err := d.db.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close() // Err has told
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Exec runs one statement in a transaction of its own, and returns how many rows it has changed.
func (d *DB) Exec(ctx context.Context, text string, args ...any) (changed int64, err error) {
	err = d.Transact(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, text, args...)
		if err != nil {
			return err
		}
		changed, err = result.RowsAffected()
		return err
	})
	return changed, err
}

// Transact runs f in a transaction, which ends as a whole or not at all. An error of f that is not SQLite's is returned as
// it is.
func (d *DB) Transact(ctx context.Context, f func(*sql.Tx) error) error {
	return d.explain(d.transact(ctx, f))
}

func (d *DB) transact(ctx context.Context, f func(*sql.Tx) error) error {
	if err := d.file.InPlace(); err != nil {
		return err
	}
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error says it
		return err
	}
	return tx.Commit()
}

// Close ends the use of the file.
func (d *DB) Close() error { return d.explain(d.db.Close()) }

// explain adds what the file's owner can do.
func (d *DB) explain(err error) error {
	switch advice := Advice(err); {
	case errors.Is(err, errDirectory), errors.Is(err, errIrregular), isNoDatabase(err):
		return fmt.Errorf("%w: %s%w", d.cfg.Foreign, advice, err)
	case advice != "":
		return fmt.Errorf("%s%w", advice, err)
	}
	return err
}
