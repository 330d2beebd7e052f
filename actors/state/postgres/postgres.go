// Package postgres keeps the signer state in a PostgreSQL database (version 13 or later): a store for several replicas.
//
// # Guarantees
//
// Those of [state.Store], and: several replicas may start at once, one of them migrates; everything lies in a schema of
// its own, chamber_state, so that the database may serve the slashing-protection history as well; a hot standby is never
// used; every call ends within [state.CallTimeout].
//
// # What the role needs
//
// CREATE on the database at the first start, or a schema that was made for it:
//
//	CREATE SCHEMA chamber_state AUTHORIZATION signer;
//
// # Decisions
//
// How the URL is read, what it leaves open, and what to do about errors is the same for all stores: [postgresdb].
//
// A commit is waited for even where the database says synchronous_commit=off: a crash would otherwise take back what an
// operator was told. Settings that are stronger than on stay.
//
// Statements are neither prepared nor cached, so that poolers between us and the database need no care.
package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"containment-chamber/actors/postgresdb"
	"containment-chamber/actors/state"
)

var _ state.Store = (*Store)(nil)

// attemptTimeout bounds one attempt. A call makes several, so that a connection that died silently costs not all of it.
const attemptTimeout = state.CallTimeout / 3

// Config says which database.
type Config struct {
	// URL is libpq's, postgres://user:password@host/database?sslmode=verify-full. It holds a secret.
	URL string
	// PoolSize is the greatest number of connections, at least 1. 0 means 4: the state is polled, and rarely written.
	PoolSize int
	// ForceIPv4 connects to IPv4 addresses only.
	ForceIPv4 bool
}

// Store is a signer state in a PostgreSQL database.
type Store struct {
	pool   *pgxpool.Pool
	remote state.Remote
	// place is the database as errors name it, without a secret.
	place string
}

// Open connects to the database, and brings its schema up to date. Its errors are [state.ErrUnavailable],
// [state.ErrForeign] and [state.ErrNewer]; each says what to do.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	options, err := parse(cfg)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, options)
	if err != nil {
		return nil, state.At("postgres", err)
	}
	s := &Store{pool: pool, place: postgresdb.Place(options)}
	s.remote = state.Remote{AttemptTimeout: attemptTimeout, Transient: postgresdb.Transient, Explain: s.explain}
	if err := s.remote.Call(ctx, s.prepare); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// parse reads the URL and sets what it leaves open. Its error does not repeat the password.
func parse(cfg Config) (*pgxpool.Config, error) {
	options, err := postgresdb.Parse(postgresdb.Config{
		URL: cfg.URL, PoolSize: cfg.PoolSize, ForceIPv4: cfg.ForceIPv4,
		Application: "containment-chamber signer state", ConnectTimeout: attemptTimeout,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: the URL of the signer state cannot be read: %w", state.ErrUnavailable, err)
	}
	c := options.ConnConfig
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	if c.RuntimeParams["statement_timeout"] == "" {
		c.RuntimeParams["statement_timeout"] = fmt.Sprint(attemptTimeout.Milliseconds())
	}
	return options, nil
}

// Read implements [state.Store].
func (s *Store) Read(ctx context.Context) ([]state.Record, error) {
	var records []state.Record
	err := s.remote.Call(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, "SELECT name, version, body FROM chamber_state.records WHERE name = ANY ($1) ORDER BY name", state.Names())
		if err != nil {
			return err
		}
		records, err = pgx.CollectRows(rows, pgx.RowToStructByPos[state.Record])
		return err
	})
	return records, err
}

// Write implements [state.Store].
func (s *Store) Write(ctx context.Context, r state.Record) error {
	return s.remote.Write(ctx, r, s.swap)
}

const (
	waitForCommit = "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
	insert        = "INSERT INTO chamber_state.records (name, version, ticket, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
	update        = "UPDATE chamber_state.records SET version = $2::bigint, ticket = $3, body = $4 WHERE name = $1 AND version = $2::bigint - 1"
	look          = "SELECT version, ticket FROM chamber_state.records WHERE name = $1"
)

func (s *Store) swap(ctx context.Context, r state.Record, ticket state.Ticket) (kept state.Kept, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, waitForCommit); err != nil {
			return err
		}
		kept, err = swapIn(ctx, tx, r, ticket)
		return err
	})
	return kept, err
}

// swapIn writes the record if it is the next version, and returns what is kept then. Whoever is writing the same record is
// waited for: READ COMMITTED looks at the row again after that.
func swapIn(ctx context.Context, tx pgx.Tx, r state.Record, ticket state.Ticket) (state.Kept, error) {
	text := update
	if r.Version == 1 {
		text = insert
	}
	done, err := tx.Exec(ctx, text, r.Name, int64(r.Version), ticket[:], r.Body)
	if err != nil {
		return state.Kept{}, err
	}
	if done.RowsAffected() == 1 {
		return state.Kept{Version: r.Version, Ticket: ticket}, nil
	}
	var version int64
	var holder []byte
	err = tx.QueryRow(ctx, look, r.Name).Scan(&version, &holder)
	if errors.Is(err, pgx.ErrNoRows) {
		return state.Kept{}, nil
	}
	kept := state.Kept{Version: uint64(version)}
	copy(kept.Ticket[:], holder)
	return kept, err
}

// Close implements [state.Store]. It waits for calls that are under way.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}
