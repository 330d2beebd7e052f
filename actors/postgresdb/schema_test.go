package postgresdb_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/postgresdb"
	servers "containment-chamber/actors/storetest/postgres"
)

var server = &servers.Server{}

func TestMain(m *testing.M) {
	defer server.Stop()
	m.Run()
}

// example has a second migration that would fail if it were made twice, or before the first.
var example = postgresdb.Schema{
	Name: "example", Version: "versions", Lock: 0x6578616d,
	Migrations: []string{
		"CREATE TABLE example.versions (version integer NOT NULL); INSERT INTO example.versions VALUES (0)",
		"ALTER TABLE example.versions ADD COLUMN note text",
	},
	Recognize: func(ctx context.Context, tx pgx.Tx) (version int, err error) {
		var made bool
		if err := tx.QueryRow(ctx, "SELECT to_regclass('example.versions') IS NOT NULL").Scan(&made); err != nil || !made {
			return 0, err
		}
		return version, tx.QueryRow(ctx, "SELECT version FROM example.versions").Scan(&version)
	},
}

// prepare brings the schema up to date over a connection of its own.
func prepare(ctx context.Context, s postgresdb.Schema, url string) error {
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error { return s.Prepare(ctx, tx) })
}

func TestSchemaIsPreparedOnce(t *testing.T) {
	url := server.Database(t)
	first := example
	first.Migrations = example.Migrations[:1]
	for _, s := range []postgresdb.Schema{first, example, example} {
		outcomes := make(chan error)
		for range 8 {
			go func() { outcomes <- prepare(context.Background(), s, url) }()
		}
		for range 8 {
			if err := <-outcomes; err != nil {
				t.Errorf("to version %d: %v", len(s.Migrations), err)
			}
		}
	}
}

func TestSchemaIsRefused(t *testing.T) {
	url, foreign := server.Database(t), errors.New("it is somebody else's")
	refusing := example
	refusing.Recognize = func(context.Context, pgx.Tx) (int, error) { return 0, foreign }
	if err := prepare(t.Context(), refusing, url); !errors.Is(err, foreign) {
		t.Errorf("got %v, want %v", err, foreign)
	}
	broken := example
	broken.Migrations = []string{example.Migrations[0], "ALTER TABLE example.nothing ADD COLUMN note text"}
	if err := prepare(t.Context(), broken, url); err == nil || !strings.Contains(err.Error(), "migrating the schema example to version 2") {
		t.Errorf("got %v", err)
	}
	if err := prepare(t.Context(), example, url); err != nil { // nothing is left of what was refused
		t.Error(err)
	}
}
