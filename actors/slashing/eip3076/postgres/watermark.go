package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// portion is how many validators a step of a long work takes at a time.
const portion = 512

// SetWatermark implements [eip3076.Maintainer]. It is one transaction for all keys.
func (s *Store) SetWatermark(ctx context.Context, w eip3076.Watermark, keys ...messages.PublicKey) (int, error) {
	floor, err := w.Floor()
	if err != nil {
		return 0, err
	}
	concerned := 0
	err = s.use(ctx, func(*memory) error {
		return s.persist(ctx, func(ctx context.Context) error {
			return s.work(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
				list, err := allKeys(ctx, tx, keys)
				if err != nil {
					return err
				}
				concerned = len(list)
				return s.raise(ctx, tx, floor, list)
			})
		})
	})
	if err != nil {
		return 0, err
	}
	return concerned, nil
}

// allKeys locks the named validators, or all of them, and returns their keys once each in ascending order, which is also
// the order of the locks.
func allKeys(ctx context.Context, tx pgx.Tx, named []messages.PublicKey) ([][]byte, error) {
	if len(named) > 0 {
		keys := sorted(named)
		_, err := tx.Exec(ctx, hold, keys)
		return keys, err
	}
	rows, err := tx.Query(ctx, "SELECT public_key FROM chamber_slashing.validators ORDER BY public_key FOR NO KEY UPDATE")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[[]byte])
}

// sorted returns the keys once each in ascending order.
func sorted(named []messages.PublicKey) [][]byte {
	keys := eip3076.InOrder(named)
	list := make([][]byte, len(keys))
	for i := range keys {
		list[i] = keys[i][:]
	}
	return list
}

// raise raises the watermark of validators that are locked, and adds those that are not there.
func (s *Store) raise(ctx context.Context, tx pgx.Tx, floor eip3076.Floor, keys [][]byte) error {
	for some := range slices.Chunk(keys, portion) {
		heads, err := s.headsOf(ctx, tx, some)
		if err != nil {
			return err
		}
		w := &writes{}
		for _, key := range some {
			was := heads[messages.PublicKey(key)]
			next := was.Head
			if next.Low = next.Low.Raise(floor); next != was.Head || was.revision == 0 {
				w.add(s.marks.Now(), messages.PublicKey(key), was, next)
			}
		}
		if err := w.apply(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}
