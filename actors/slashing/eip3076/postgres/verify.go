package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Verify implements [eip3076.Maintainer]. It reads as of one moment, while others sign.
func (s *Store) Verify(ctx context.Context) (eip3076.VerifyReport, error) {
	var report eip3076.VerifyReport
	err := s.use(ctx, func(m *memory) error {
		if err := s.look(ctx, m); err != nil {
			return err
		}
		report.GenesisValidatorsRoot = m.chain
		return s.work(ctx, snapshot, func(tx pgx.Tx) error {
			err := s.walk(ctx, tx, nil, func(v visit) error {
				report.Validators++
				return report.Validator(v.key, v.Summary, v.refused, v.rows)
			})
			if err != nil {
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
