package postgres

import (
	"context"
	"io"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// snapshot reads everything as of one moment.
var snapshot = pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}

// Export implements [eip3076.Exchanger]. It reads as of one moment, a few validators at a time, while others sign.
func (s *Store) Export(ctx context.Context, file io.Writer, keys ...messages.PublicKey) error {
	return s.use(ctx, func(m *memory) error {
		if err := s.look(ctx, m); err != nil {
			return err
		}
		if m.chain.IsZero() {
			return eip3076.ErrNoChain
		}
		out := &sink{to: file}
		encoder := eip3076.NewEncoder(out, m.chain)
		return out.blame(s.work(ctx, snapshot, func(tx pgx.Tx) error {
			err := s.walk(ctx, tx, keys, func(v visit) error {
				if v.refused != nil {
					return within(v.key[:], v.refused)
				}
				if err := encoder.History(v.key, v.Low, v.rows.Blocks, v.rows.Attestations); err != nil {
					return within(v.key[:], err)
				}
				return nil
			})
			if err != nil {
				return err
			}
			return encoder.Close()
		}))
	})
}

// sink remembers what went wrong with a file, so that storage is not blamed for it.
type sink struct {
	to  io.Writer
	err error
}

// Write implements [io.Writer].
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err != nil {
		s.err = err
	}
	return n, err
}

func (s *sink) blame(err error) error {
	if err != nil && s.err != nil {
		return elsewhere{s.err}
	}
	return err
}
