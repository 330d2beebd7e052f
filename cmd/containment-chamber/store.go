package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/noop"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/config"
	"containment-chamber/messages"
)

// openStore returns what opens the slashing-protection store that is configured.
func (s *signer) openStore(with trust) func(context.Context) (eip3076.Recorder, error) {
	cfg := s.cfg.AntiSlashing
	switch cfg.Backend {
	case config.BackendNoop:
		return func(context.Context) (eip3076.Recorder, error) {
			return noop.Store{GenesisValidatorsRoot: with.chain}, nil
		}
	case config.BackendPostgres:
		return (&database{config: postgresConfig(cfg, with, s.recordTimeout()), pool: &s.pool, spans: s.callSpans()}).open
	case config.BackendDynamoDB:
		table := newTable(s.cfg, with)
		table.spans = s.callSpans()
		return table.record
	}
	return (&sqliteFile{config: sqlite.Config{
		Path: cfg.Path, GenesisValidatorsRoot: with.chain, Marks: with.marks, Witness: with.witness,
	}}).open
}

var errOtherFile = errors.New("it is not the file that this process began with, so votes that were signed may be missing in it: " +
	"put that file back, or make sure that the history is complete and restart the signer")

// sqliteFile opens one file, and after a failure the same file again. A file that was deleted under the running signer
// must not come back empty: that would permit whatever was signed before to be contradicted.
type sqliteFile struct {
	config sqlite.Config
	// first is the file that was opened at the beginning. It stays open, so that no other file gets its inode; to
	// close it would also drop the lock of the store (POSIX advisory locks).
	first *os.File
}

func (f *sqliteFile) open(ctx context.Context) (eip3076.Recorder, error) {
	if f.first == nil {
		return f.begin(ctx)
	}
	if err := f.unchanged(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", messages.ErrStoreUnavailable, f.config.Path, err)
	}
	return orNone(sqlite.Open(ctx, f.config))
}

// begin opens the store for the first time, which may create it.
func (f *sqliteFile) begin(ctx context.Context) (eip3076.Recorder, error) {
	store, err := sqlite.Open(ctx, f.config)
	if err != nil {
		return nil, err
	}
	if f.first, err = os.Open(f.config.Path); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", messages.ErrStoreUnavailable, err), store.Close())
	}
	f.config.MustExist = true
	return store, nil
}

func (f *sqliteFile) unchanged() error {
	now, err := os.Stat(f.config.Path)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("it is gone: put it back: %w", err)
	}
	if err != nil {
		return err
	}
	first, err := f.first.Stat()
	if err == nil && !os.SameFile(now, first) {
		err = errOtherFile
	}
	return err
}

// orNone makes sure that no store is a nil interface.
func orNone(store *sqlite.Store, err error) (eip3076.Recorder, error) {
	if err != nil {
		return nil, err
	}
	return store, nil
}
