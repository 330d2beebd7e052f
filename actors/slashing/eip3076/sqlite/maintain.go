package sqlite

import (
	"context"
	"errors"
	"fmt"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// SetWatermark implements [eip3076.Maintainer]. It is one transaction for all keys.
func (s *Store) SetWatermark(ctx context.Context, w eip3076.Watermark, keys ...messages.PublicKey) (int, error) {
	floor, err := w.Floor()
	if err != nil {
		return 0, err
	}
	concerned := 0
	err = s.transact(ctx, func(c *connection) error {
		keys, err := c.selected(keys)
		if err != nil {
			return err
		}
		for _, key := range keys {
			v, err := c.believed(key)
			if err != nil {
				return err
			}
			v.Low = v.Low.Raise(floor)
			if err := c.save(key, v); err != nil {
				return err
			}
		}
		concerned = len(keys)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return concerned, nil
}

// Verify implements [eip3076.Maintainer]. It lets SQLite check its own structures first.
func (s *Store) Verify(ctx context.Context) (eip3076.VerifyReport, error) {
	var report eip3076.VerifyReport
	err := s.transact(ctx, func(c *connection) error {
		report.GenesisValidatorsRoot = c.chain
		if err := c.verifyFile(&report); err != nil {
			return err
		}
		keys, err := c.keys()
		if err != nil {
			return err
		}
		report.Validators = len(keys)
		for _, key := range keys {
			if err := c.verifyValidator(ctx, key, &report); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return eip3076.VerifyReport{}, err
	}
	return report, nil
}

// verifyFile lists what SQLite finds wrong with its structures, the schema's constraints and references.
func (c *connection) verifyFile(report *eip3076.VerifyReport) error {
	for row, err := range c.rows("PRAGMA integrity_check") {
		if err != nil {
			return err
		}
		if row[0] != "ok" {
			report.Found(messages.PublicKey{}, fmt.Errorf("the file is damaged: %v", row[0]))
		}
	}
	for row, err := range c.rows("PRAGMA foreign_key_check") {
		if err != nil {
			return err
		}
		report.Found(messages.PublicKey{}, fmt.Errorf("a row of the table %v belongs to no validator", row[0]))
	}
	return nil
}

func (c *connection) verifyValidator(ctx context.Context, key messages.PublicKey, report *eip3076.VerifyReport) error {
	v, err := c.validator(key)
	if err != nil {
		return err
	}
	refused := v.refused
	if row := (eip3076.RowError{}); errors.As(refused, &row) && row.Kind != eip3076.RowWatermark {
		refused = nil // the row is met below
	}
	all, err := c.history(ctx, key, v)
	if err != nil {
		return err
	}
	return report.Validator(key, v.Summary, refused, all)
}
