package postgres

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// visit is one validator on a walk. Whoever is visited reads all rows, unless it returns an error.
type visit struct {
	key messages.PublicKey
	head
	// refused is why the head cannot be believed.
	refused error
	rows    eip3076.Rows
}

// stride is how many validators are asked for at a time, in two trips.
const stride = 64

const (
	selectAfter = selectHead + "WHERE v.public_key > $1 ORDER BY v.public_key LIMIT $2"
	walkBlocks  = "SELECT slot, signing_root, scheme, mac FROM chamber_slashing.blocks WHERE validator = $1 ORDER BY slot, rival"
	walkVotes   = "SELECT source_epoch, target_epoch, signing_root, scheme, mac FROM chamber_slashing.attestations WHERE validator = $1 ORDER BY target_epoch, rival"
)

// walk visits the named validators that there are, or all, in ascending order of their keys.
func (s *Store) walk(ctx context.Context, tx pgx.Tx, named []messages.PublicKey, each func(visit) error) error {
	if len(named) == 0 {
		return s.walkAll(ctx, tx, each)
	}
	keys := sorted(named)
	for len(keys) > 0 {
		some := keys[:min(stride, len(keys))]
		keys = keys[len(some):]
		found, err := collectHeads(ctx, tx, selectHeads+" ORDER BY v.public_key", some)
		if err != nil {
			return err
		}
		if err := s.visit(ctx, tx, found, each); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) walkAll(ctx context.Context, tx pgx.Tx, each func(visit) error) error {
	after := []byte{}
	for {
		found, err := collectHeads(ctx, tx, selectAfter, after, stride)
		if err != nil || len(found) == 0 {
			return err
		}
		after = found[len(found)-1].key
		if err := s.visit(ctx, tx, found, each); err != nil {
			return err
		}
	}
}

// visit asks for the rows of a few validators in one trip, and reads them as they come.
func (s *Store) visit(ctx context.Context, tx pgx.Tx, found []headRow, each func(visit) error) error {
	batch := &pgx.Batch{}
	for _, row := range found {
		batch.Queue(walkBlocks, row.id)
		batch.Queue(walkVotes, row.id)
	}
	results, marks := tx.SendBatch(ctx, batch), s.marks.Now()
	for _, row := range found {
		key, h, err := row.read()
		if err == nil {
			err = marks.CheckHead(key, h.Head, h.mark)
		}
		if err := each(visit{key, h, err, readRows(results, key, marks)}); err != nil {
			_ = results.Close() // nobody wants the rest
			return err
		}
	}
	return results.Close()
}

// readRows reads the next two results of a batch.
func readRows(results pgx.BatchResults, key messages.PublicKey, marks eip3076.Marker) eip3076.Rows {
	return eip3076.Rows{
		Blocks: readNext(results, func(rows pgx.Rows) (eip3076.Block, error) {
			var row blockRow
			if err := rows.Scan(&row.slot, &row.root, &row.scheme, &row.mac); err != nil {
				return eip3076.Block{}, err
			}
			return row.believe(key, marks)
		}),
		Attestations: readNext(results, func(rows pgx.Rows) (eip3076.Attestation, error) {
			var row voteRow
			if err := rows.Scan(&row.source, &row.target, &row.root, &row.scheme, &row.mac); err != nil {
				return eip3076.Attestation{}, err
			}
			return row.believe(key, marks)
		}),
	}
}

func readNext[T any](results pgx.BatchResults, scan func(pgx.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := results.Query()
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			if !yield(scan(rows)) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}
