package sqlitefile

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// pragmas are set with every start.
var pragmas = [...]string{"journal_mode = WAL", "fullfsync = ON", "cell_size_check = ON", "trusted_schema = OFF"}

// pause is how long to wait for another process that prepares the same file: SQLite does not wait by itself then.
const pause = 20 * time.Millisecond

// prepare checks whose file it is, and brings it up to date.
func (d *DB) prepare(ctx context.Context) error {
	for {
		err := d.setUp(ctx)
		if !isBusy(err) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

func (d *DB) setUp(ctx context.Context) error {
	if _, err := d.recognize(ctx, d.db); err != nil {
		return err
	}
	for _, pragma := range pragmas {
		if _, err := d.db.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	if err := d.transact(ctx, func(tx *sql.Tx) error { return d.migrate(ctx, tx) }); err != nil {
		return err
	}
	return d.check(ctx)
}

func (d *DB) migrate(ctx context.Context, tx *sql.Tx) error {
	version, err := d.recognize(ctx, tx) // another process may have been quicker
	for ; err == nil && version < len(d.cfg.Migrations); version++ {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d",
			d.cfg.Migrations[version], d.cfg.ApplicationID, version+1))
	}
	return err
}

// querier is a database, or a transaction on it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// recognize returns the version of the schema, 0 for an empty file, and refuses what is not ours or newer than us.
func (d *DB) recognize(ctx context.Context, q querier) (int, error) {
	var id, version, objects int
	const facts = "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version"
	if err := q.QueryRowContext(ctx, facts).Scan(&id, &version, &objects); err != nil {
		return 0, err
	}
	switch {
	case id == 0 && version == 0 && objects == 0:
		return 0, nil
	case id != int(d.cfg.ApplicationID):
		return 0, fmt.Errorf("%w: it belongs to another program, or to another part of this one (application id %#x): name another file", d.cfg.Foreign, id)
	case version > len(d.cfg.Migrations):
		return 0, fmt.Errorf("%w: its schema has version %d, this program knows up to %d: start the newer program that wrote it", d.cfg.Newer, version, len(d.cfg.Migrations))
	}
	return version, nil
}

// check lets SQLite look over its few pages.
func (d *DB) check(ctx context.Context) error {
	var finding string
	if err := d.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&finding); err != nil {
		return err
	}
	if finding != "ok" {
		return fmt.Errorf("it is damaged (%s): put a backup in its place", finding)
	}
	return nil
}
