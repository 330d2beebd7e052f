package sqlite

import (
	"context"
	"fmt"

	"containment-chamber/actors/state"
)

// applicationID marks a file as ours: the letters CCss (Containment Chamber, signer state).
const applicationID = 0x43437373

// migrations bring the schema from version i to i+1. They are never changed, only added to.
var migrations = [...]string{
	`
CREATE TABLE records (
	name TEXT PRIMARY KEY,
	version INTEGER NOT NULL CHECK (version >= 1),
	body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`,
}

// prepare takes the lock on the file, checks whose it is, and brings it up to date.
func (s *Store) prepare(ctx context.Context) error {
	version, err := s.recognize(ctx)
	if err != nil {
		return err
	}
	for _, pragma := range []string{"journal_mode = WAL", "fullfsync = ON", "cell_size_check = ON", "trusted_schema = OFF"} {
		if _, err := s.db.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return err
		}
	}
	tx, err := s.db.BeginTx(ctx, nil) // immediate: takes the lock even if there is nothing to do
	if err != nil {
		return err
	}
	for ; err == nil && version < len(migrations); version++ {
		_, err = tx.ExecContext(ctx, fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d", migrations[version], applicationID, version+1))
	}
	if err != nil {
		_ = tx.Rollback() // the first error says it
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return s.check(ctx)
}

// recognize returns the version of the schema, 0 for an empty file, and refuses what is not ours or newer than us.
func (s *Store) recognize(ctx context.Context) (int, error) {
	var id, version, pages int
	const facts = "SELECT application_id, user_version, page_count FROM pragma_application_id, pragma_user_version, pragma_page_count"
	if err := s.db.QueryRowContext(ctx, facts).Scan(&id, &version, &pages); err != nil {
		return 0, err
	}
	switch {
	case pages == 0:
		return 0, nil
	case id != applicationID:
		return 0, fmt.Errorf("%w: it belongs to another program, or to another part of this one (application id %#x): name another file", state.ErrForeign, id)
	case version > len(migrations):
		return 0, fmt.Errorf("%w: its schema has version %d, this program knows up to %d: start the newer program that wrote it", state.ErrNewer, version, len(migrations))
	}
	return version, nil
}

// check lets SQLite look over its few pages.
func (s *Store) check(ctx context.Context) error {
	var finding string
	if err := s.db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&finding); err != nil {
		return err
	}
	if finding != "ok" {
		return fmt.Errorf("it is damaged (%s): put a backup in its place", finding)
	}
	return nil
}
