package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"containment-chamber/messages"
)

// errRaced says that a head was not as it had just been read: a key that was unknown has signed for the first time.
var errRaced = errors.New("another signer has added a validator meanwhile: do it again")

// patient lets a transaction take its time: it works for a person who waits, on more rows than a signature.
const patient = "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true), set_config('lock_timeout', '60s', true), " + lasts

// work runs f in one transaction that may take long.
func (s *Store) work(ctx context.Context, options pgx.TxOptions, f func(pgx.Tx) error) error {
	return s.transact(ctx, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, patient); err != nil {
			return err
		}
		return f(tx)
	})
}

// headsOf returns the stored heads of some keys, or the error of one that cannot be believed.
func (s *Store) headsOf(ctx context.Context, tx pgx.Tx, keys [][]byte) (map[messages.PublicKey]head, error) {
	found, err := collectHeads(ctx, tx, selectHeads, keys)
	if err != nil {
		return nil, err
	}
	heads := make(map[messages.PublicKey]head, len(found))
	for _, row := range found {
		h, err := row.believe(s.marks.Now())
		if err != nil {
			return nil, within(row.key, err)
		}
		heads[messages.PublicKey(row.key)] = h
	}
	return heads, nil
}

// collectHeads runs a query that begins with selectHead.
func collectHeads(ctx context.Context, tx pgx.Tx, text string, args ...any) ([]headRow, error) {
	rows, err := tx.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanHead)
}

// apply changes heads in a transaction that has locked those which are there.
func (w *writes) apply(ctx context.Context, tx pgx.Tx) error {
	batch := &pgx.Batch{}
	w.queue(batch)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	if !w.all() {
		return errRaced
	}
	return nil
}

// within names the validator that an error is about.
func within(key []byte, err error) error {
	return fmt.Errorf("validator %#x: %w", key, err)
}
