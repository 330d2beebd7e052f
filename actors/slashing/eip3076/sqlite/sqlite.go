// Package sqlite keeps the slashing-protection history in one SQLite file: the store for a signer that runs alone.
//
// # Guarantees
//
//   - When Record returns, what it allowed is on disk (write-ahead log, synchronous=FULL), and survives a crash of the
//     process, of the system, and a loss of power, as far as the disk keeps its word.
//   - One process at a time. The file is locked from Open to Close; whoever comes second is refused at once, so that
//     two signers cannot share a file, and no tool edits the history under a running signer.
//   - Only the owner can read or write the file and its log (mode 0600).
//   - A file that is damaged, of another program, of a newer version of this one, or of another chain is refused, and
//     the error says what to do. The cheap checks are made at every start, and do not grow with the history; Verify
//     makes all of them.
//   - After any error, nothing of the transaction remains, nor anything that was cached of the file.
//
// # Decisions
//
// A row is inserted and never looked for, when it is above all that its validator has signed, as it nearly always is:
// the summary that is kept of each validator, loaded with its first duty, proves that nothing can conflict. It may be
// cached, because the lock keeps everybody else from the file. The primary keys remain as a safety net: if the summary
// were wrong about a slot or a target, the insertion would fail.
//
// Rows that contradict each other, as imports can bring them, are all kept, told apart by the column rival: the
// history stays what it was told, and each of them goes on forbidding what it forbids.
//
// The driver is used without database/sql. There is one connection and no pool; database/sql would add a lock, a
// goroutine for each statement that can be cancelled, and conversions, to every row. The connection lives in a channel
// of one, so that whoever waits for it can also stop waiting. A statement is not interrupted: contexts are heeded
// between them and before the commit.
//
// Slots and epochs are SQLite's signed integers as they are, which everybody can read in the file. Greater numbers are
// refused ([eip3076.MaxNumber]).
//
// Tables without rowid, by validator and slot or target, hold a validator's history together, which makes the checks
// and pruning short; a row costs about a page of log in return.
//
// The columns scheme and mac authenticate a row ([eip3076.Marker]). What is kept of a validator is believed: the lock
// keeps everybody else from the file. So the marks of its head and of the rows that tell its top are checked when it is
// loaded, and those of other rows whenever they decide about something. Top has no row of its own: that would cost every
// signature a second write. Who deletes the newest row, or puts an old file back, is noticed by the witness, not by a mark.
package sqlite

import (
	"context"
	"errors"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/sqlitefile"
	"containment-chamber/messages"
)

var _ eip3076.Store = (*Store)(nil)

var errClosed = errors.New("the store is closed")

// Config says which history to open.
type Config struct {
	// Path is the database file. SQLite keeps a second file beside it, with the suffix -wal.
	Path string
	// GenesisValidatorsRoot is the chain's; zero when it is not known, so that the first duty decides.
	GenesisValidatorsRoot messages.Root
	// MustExist refuses to create the file, for tools that work on a history that is there.
	MustExist bool
	// Marks marks rows and checks them; nil leaves them unmarked. It may get and lose its key between calls.
	Marks *eip3076.Marker
	// Witness compares each history with what was seen of it before; nil does not.
	Witness *eip3076.Witness
}

// Store is a history in one SQLite file, which it holds for itself until Close.
type Store struct {
	// turn holds the connection while nobody uses it. Whoever has received it may use it and sends it back.
	turn chan *connection
	path string
	file *sqlitefile.File
}

// Open opens the history, creates it if need be, and brings its schema up to date. Every error is a
// [messages.ErrStoreUnavailable] or a [messages.ErrWrongNetwork], and says what to do.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s := &Store{turn: make(chan *connection, 1), path: cfg.Path}
	var err error
	if s.file, err = sqlitefile.Claim(cfg.Path, cfg.MustExist); err != nil {
		return nil, unavailable(cfg.Path, err)
	}
	c, err := connect(s.file, cfg)
	if err != nil {
		return nil, err
	}
	if err := c.prepare(ctx, cfg.GenesisValidatorsRoot); err != nil {
		return nil, errors.Join(err, c.close())
	}
	s.turn <- c
	return s, nil
}

// take waits for the connection.
func (s *Store) take(ctx context.Context) (*connection, error) {
	if err := ctx.Err(); err != nil {
		return nil, unavailable(s.path, err)
	}
	select {
	case c, open := <-s.turn:
		if !open {
			return nil, unavailable(s.path, errClosed)
		}
		return c, nil
	case <-ctx.Done():
		return nil, unavailable(s.path, ctx.Err())
	}
}

// transact runs f in one transaction, which ends as a whole or not at all.
func (s *Store) transact(ctx context.Context, f func(*connection) error) error {
	c, err := s.take(ctx)
	if err != nil {
		return err
	}
	defer func() { s.turn <- c }()
	return c.transact(ctx, f)
}

// Close implements [eip3076.Recorder]. It waits for the call that is under way.
func (s *Store) Close() error {
	c, open := <-s.turn
	if !open {
		return nil
	}
	close(s.turn)
	return c.close()
}

// Probe implements [eip3076.Recorder].
func (s *Store) Probe(ctx context.Context) error {
	if err := s.inPlace(); err != nil {
		return err
	}
	return s.transact(ctx, (*connection).probe)
}

// inPlace notices that what is recorded would be lost with the next start.
func (s *Store) inPlace() error {
	if err := s.file.InPlace(); err != nil {
		return unavailable(s.path, err)
	}
	return nil
}
