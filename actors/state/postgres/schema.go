package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/postgresdb"
	"containment-chamber/actors/state"
)

// migrations are the schema's, see [postgresdb.Schema].
var migrations = []string{
	`
CREATE TABLE chamber_state.schema_version (
	id integer PRIMARY KEY CHECK (id = 1),
	version integer NOT NULL
);
CREATE TABLE chamber_state.records (
	name text PRIMARY KEY,
	version bigint NOT NULL CHECK (version >= 1),
	ticket bytea NOT NULL CHECK (length(ticket) = 16),
	body bytea NOT NULL
);
INSERT INTO chamber_state.schema_version VALUES (1, 0);
`,
}

// layout is what the tables look like after all migrations.
var layout = []string{
	"records.body bytea", "records.name text", "records.ticket bytea", "records.version bigint",
	"schema_version.id integer", "schema_version.version integer",
}

const columns = `
SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = to_regnamespace('chamber_state') AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped`

var schema = postgresdb.Schema{
	Name: "chamber_state", Version: "schema_version", Migrations: migrations,
	Lock:      0x43437373, // the letters CCss: Containment Chamber, signer state
	Recognize: recognize,
}

// prepare checks whose the schema is, and brings it up to date, in one transaction that other replicas wait for.
func (s *Store) prepare(ctx context.Context) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := schema.Prepare(ctx, tx); err != nil {
			return err
		}
		found, err := list(ctx, tx)
		if err == nil && !slices.Equal(found, layout) {
			err = foreign(found)
		}
		return err
	})
}

// recognize returns the version of the schema, 0 for none or an empty one, and refuses what is not ours or newer than us.
func recognize(ctx context.Context, tx pgx.Tx) (int, error) {
	found, err := list(ctx, tx)
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0:
		return 0, nil
	case !slices.Contains(found, "schema_version.version integer"):
		return 0, foreign(found)
	}
	var version int
	err = tx.QueryRow(ctx, "SELECT version FROM chamber_state.schema_version").Scan(&version)
	if err == nil && version > len(migrations) {
		err = fmt.Errorf("%w: the schema chamber_state has version %d, this program knows up to %d: start the newer program that wrote it", state.ErrNewer, version, len(migrations))
	}
	return version, err
}

// list returns every column of every table in the schema, in the order of its text.
func list(ctx context.Context, tx pgx.Tx) ([]string, error) {
	rows, err := tx.Query(ctx, columns)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	slices.Sort(found)
	return found, err
}

func foreign(found []string) error {
	return fmt.Errorf("%w: the schema chamber_state holds other tables or columns: %q; use another database, or move them away", state.ErrForeign, found)
}
