// Package postgres keeps the slashing-protection history in a PostgreSQL database (version 13 or later): the store for
// several signers with the same keys.
//
// # Guarantees
//
//   - When Record returns, what it allowed is committed on the disk of the server, and of a synchronous standby if there is
//     one, whatever the database says about synchronous_commit. That goes for repeats too: what only the primary has is
//     leave for nobody, though the primary shows it.
//   - Two signers on one database never both get leave to sign messages that contradict each other, whatever the
//     interleaving, and whatever breaks on the way.
//   - A group of duties is one round trip, as long as nobody else signs with the same keys.
//   - A commit whose answer was lost is looked up, never presumed.
//   - A slow or silent database costs errors, at the latest when the context ends; nothing waits behind it for ever.
//   - Several signers may start at once; one of them migrates. A newer schema is refused.
//   - Everything lies in a schema of its own, chamber_slashing, so that the database may serve the signer state, or
//     Web3Signer (whose tables are in the schema public), as well.
//
// # What the role needs
//
// CREATE on the database at the first start, or a schema that was made for it:
//
//	CREATE SCHEMA chamber_slashing AUTHORIZATION signer;
//
// An import also needs TEMPORARY on the database, which everybody has by default.
//
// # Decisions
//
// Every validator has a row, its head: what is known of its whole history at hand, and a revision, which every change of
// that history raises in the same transaction. And every change is made under the condition that the head, revision and
// all, is still the one by which it was judged. So it is correct against any other signer: of two who judge by the same
// head, the row lock makes one wait, and the condition, which READ COMMITTED evaluates on what was committed meanwhile,
// then finds another revision. Nobody holds a lock while it thinks, so a signer that hangs or dies holds up nobody; the
// loser of a race reads again and is judged by what the winner did. Revisions make that hold for a row in a gap too, which
// leaves all other numbers of the head as they were.
//
// Heads are cached, which is what makes a group one round trip: a duty above all that its validator has signed, as it
// nearly always is, needs no other rows (see [eip3076.Summary]). A stale head costs another round, and no safety.
//
// What is read, is read before it is judged, in this order: heads, then rows, each statement from its own snapshot. Rows
// that are younger than the head come with a younger revision, so the condition fails.
//
// The heads of a group are locked in the order of their keys before anything is changed, and unknown keys are added in
// that order after it, everywhere. So transactions of several signers wait for each other but never in a circle. A batch
// without BEGIN is one transaction; no network lies between its lock and its commit.
//
// A lost connection leaves the outcome unknown. Then all that is cached is forgotten, and what was asked is judged again by
// what is stored: a row that is there makes it a repeat, which is allowed; a transaction that is still on its way fails
// by its condition, or makes ours fail.
//
// What is read is made as durable as what is written (confirm): after a lost connection or a crash, a primary shows rows
// that its standby never got, and whoever takes such a row for a repeat signs what is gone after the failover. So a trip that
// reads commits as well; one for a group, and rare.
//
// The statements are prepared once for each connection, because planning costs as much as executing. A pooler between us and
// the database that cannot do this needs default_query_exec_mode=exec in the URL.
//
// There are no references between tables: their checks are a third of the work of a row. Validators are never deleted;
// Verify looks for rows that belong to none.
//
// Rows that contradict each other, as imports can bring them, are all kept, told apart by the column rival.
//
// Traced calls ([Config.Tracer]) are traces of their own: a group belongs to many requests, the trace of each of which has
// the time that it waited for slashing protection.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"containment-chamber/actors/postgresdb"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

var _ eip3076.Store = (*Store)(nil)

var errClosed = errors.New("the store is closed")

// Config says which history to open.
type Config struct {
	// URL is libpq's, postgres://user:password@host/database?sslmode=verify-full. It holds a secret.
	URL string
	// PoolSize is the greatest number of connections. 0 means 4.
	PoolSize int
	// ForceIPv4 connects to IPv4 addresses only.
	ForceIPv4 bool
	// GenesisValidatorsRoot is the chain's; zero when it is not known, so that the first duty decides.
	GenesisValidatorsRoot messages.Root
	// MustExist refuses to create the schema, for tools that work on a history that is there, and for a signer that has
	// seen it before.
	MustExist bool
	// Timeout bounds one call of Record or Probe, and Open. 0 means 10 seconds.
	Timeout time.Duration
	// Tracer is told of every statement and connection; nil for none. It is told no arguments.
	Tracer pgx.QueryTracer
	// Marks makes and checks the marks of rows; nil makes and accepts none. It is used during calls only.
	Marks *eip3076.Marker
	// Witness remembers how far histories reached; nil remembers nothing. It is used during calls only.
	Witness *eip3076.Witness
}

// Store is a history in a PostgreSQL database.
type Store struct {
	pool    *pgxpool.Pool
	place   string // the database as errors name it, without a secret
	timeout time.Duration
	marks   *eip3076.Marker
	witness *eip3076.Witness
	// turn holds what is cached while nobody uses it. Whoever has received it may use it and sends it back.
	turn chan *memory
}

// memory is what is known of the database's content.
type memory struct {
	// chain is the genesis validators root; pinned says that the database has it too.
	chain  messages.Root
	pinned bool
	heads  map[messages.PublicKey]head
}

// forget drops what may be wrong. The chain never changes once it is pinned.
func (m *memory) forget() { m.heads = make(map[messages.PublicKey]head) }

// defaultTimeout bounds calls for which nothing else is said.
const defaultTimeout = 10 * time.Second

// Open connects to the database, and brings its schema up to date. Every error is a [messages.ErrStoreUnavailable] or a
// [messages.ErrWrongNetwork], and says what to do.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	options, err := parse(cfg)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, err)
	}
	s := &Store{
		pool: pool, place: postgresdb.Place(options), timeout: cfg.Timeout,
		marks: cfg.Marks, witness: cfg.Witness, turn: make(chan *memory, 1),
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.Timeout)
	defer cancel()
	m := &memory{}
	m.forget()
	if err := s.prepare(ctx, m, cfg); err != nil {
		pool.Close()
		return nil, s.explain(err)
	}
	s.turn <- m
	return s, nil
}

// take waits for the turn.
func (s *Store) take(ctx context.Context) (*memory, error) {
	if err := ctx.Err(); err != nil {
		return nil, s.explain(err)
	}
	select {
	case m, open := <-s.turn:
		if !open {
			return nil, s.explain(errClosed)
		}
		return m, nil
	case <-ctx.Done():
		return nil, s.explain(ctx.Err())
	}
}

// use calls f with what is cached, and explains its error.
func (s *Store) use(ctx context.Context, f func(*memory) error) error {
	m, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer func() { s.turn <- m }()
	return s.explain(f(m))
}

// partWithin is how long Close takes leave of the server.
const partWithin = 250 * time.Millisecond

// Close implements [eip3076.Recorder]. It waits for the call that is under way, but not for a server that is silent: whoever
// closes a store that failed has callers who wait. Its connections then end by themselves.
func (s *Store) Close() error {
	if _, open := <-s.turn; !open {
		return nil
	}
	close(s.turn)
	parted := make(chan struct{})
	time.AfterFunc(0, func() { s.pool.Close(); close(parted) })
	select {
	case <-parted:
	case <-time.After(partWithin):
	}
	return nil
}

// Place names the database, without a secret.
func (s *Store) Place() string { return s.place }

// Pool says how many connections are idle, in use, and possible.
func (s *Store) Pool() (idle, inUse, most int32) {
	now := s.pool.Stat()
	return now.IdleConns(), now.AcquiredConns() + now.ConstructingConns(), now.MaxConns()
}
