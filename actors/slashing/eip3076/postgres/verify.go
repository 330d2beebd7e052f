package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Verify implements [eip3076.Maintainer]. It reads as of one moment, while others sign.
func (s *Store) Verify(ctx context.Context) (eip3076.VerifyReport, error) {
	var report eip3076.VerifyReport
	err := s.use(ctx, func(m *memory) error {
		if !m.pinned {
			if err := s.look(ctx, m); err != nil {
				return err
			}
		}
		report.GenesisValidatorsRoot = m.chain
		return s.work(ctx, snapshot, func(tx pgx.Tx) error {
			if err := s.walk(ctx, tx, nil, func(v visit) error { return v.verify(&report) }); err != nil {
				return err
			}
			return verifyOwners(ctx, tx, &report)
		})
	})
	if err != nil {
		return eip3076.VerifyReport{}, err
	}
	return report, nil
}

// verify lists what is wrong with a validator. The error is one of storage.
func (v visit) verify(report *eip3076.VerifyReport) error {
	report.Validators++
	found := func(err error) { report.Found(v.key, err) }
	if v.refused != nil {
		found(v.refused)
	}
	blocks, votes, reach, err := v.sweep(found)
	if err != nil {
		return err
	}
	report.Blocks += blocks
	report.Attestations += votes
	if v.refused != nil {
		return nil //nolint:nilerr // it is in the report; what follows would be about numbers that nobody believes
	}
	if blocks > 0 && v.Low.Slot == 0 {
		found(errors.New("there are blocks, but no low watermark"))
	}
	if votes > 0 && v.Low.Target == 0 {
		found(errors.New("there are attestations, but no low watermark"))
	}
	if v.Top.Raise(reach) != v.Top {
		found(errors.New("there are rows above all that the validator is said to have signed"))
	}
	return nil
}

// sweep reads all rows and calls found for each that contradicts an earlier one, or cannot be believed. It returns how many
// there are, and the floor above all that can be believed. The error is one of storage.
func (v visit) sweep(found func(error)) (blocks, votes int, top eip3076.Floor, err error) {
	var sweep eip3076.Sweep
	blocks, err = each(v.blocks, found, func(b eip3076.Block) error {
		top = top.Raise(b.Floor())
		return sweep.Block(b)
	})
	if err != nil {
		return 0, 0, top, err
	}
	votes, err = each(v.votes, found, func(a eip3076.Attestation) error {
		top = top.Raise(a.Floor())
		return sweep.Attestation(a)
	})
	return blocks, votes, top, err
}

// each counts rows, and calls check for each that can be believed.
func each[T any](rows iter.Seq2[T, error], found func(error), check func(T) error) (n int, err error) {
	for row, err := range rows {
		if err != nil && !errors.Is(err, messages.ErrRowRefused) {
			return 0, err
		}
		n++
		if err == nil {
			err = check(row)
		}
		if err != nil {
			found(err)
		}
	}
	return n, nil
}

// verifyOwners looks for rows that belong to no validator, and would never be found.
func verifyOwners(ctx context.Context, tx pgx.Tx, report *eip3076.VerifyReport) error {
	for _, table := range []string{"blocks", "attestations"} {
		var orphans int
		text := "SELECT count(*) FROM chamber_slashing." + table + " r WHERE NOT EXISTS (SELECT FROM chamber_slashing.validators v WHERE v.id = r.validator)"
		if err := tx.QueryRow(ctx, text).Scan(&orphans); err != nil {
			return err
		}
		if orphans > 0 {
			report.Found(messages.PublicKey{}, fmt.Errorf("%d rows of the table %s belong to no validator", orphans, table))
		}
	}
	return nil
}
