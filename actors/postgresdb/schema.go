package postgresdb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Schema is a schema of our tables. Several programs may bring it up to date at the same time; one of them does.
type Schema struct {
	// Name is the schema's; it needs no quotes.
	Name string
	// Version is the table with the column version, in its only row. The first migration makes it.
	Version string
	// Lock is the key of the advisory lock that is held by whoever migrates.
	Lock int64
	// Migrations bring the schema from version i to i+1. They are never changed, only added to.
	Migrations []string
	// Recognize returns the version of what is there, 0 for nothing, and refuses what is not ours or newer than us.
	Recognize func(context.Context, pgx.Tx) (version int, err error)
}

// Prepare brings the schema up to date, in a transaction that the others wait for.
func (s Schema) Prepare(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", s.Lock); err != nil {
		return err
	}
	version, err := s.Recognize(ctx, tx)
	if err == nil && version == 0 {
		err = s.create(ctx, tx)
	}
	for ; err == nil && version < len(s.Migrations); version++ {
		err = s.migrate(ctx, tx, version)
	}
	return err
}

// create makes the schema, unless it was made for us. IF NOT EXISTS would want the permission even then.
func (s Schema) create(ctx context.Context, tx pgx.Tx) error {
	var made bool
	err := tx.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL", s.Name).Scan(&made)
	if err == nil && !made {
		_, err = tx.Exec(ctx, "CREATE SCHEMA "+s.Name)
	}
	return err
}

func (s Schema) migrate(ctx context.Context, tx pgx.Tx, version int) error {
	text := fmt.Sprintf("%s; UPDATE %s.%s SET version = %d", s.Migrations[version], s.Name, s.Version, version+1)
	if _, err := tx.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol); err != nil {
		return fmt.Errorf("migrating the schema %s to version %d: %w", s.Name, version+1, err)
	}
	return nil
}
