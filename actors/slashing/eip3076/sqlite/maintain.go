package sqlite

import (
	"context"
	"errors"
	"fmt"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Prune implements [eip3076.Maintainer]. Each validator is a transaction of its own, so that signing can go on between
// them, and what is done when the context ends stays done.
func (s *Store) Prune(ctx context.Context, keep eip3076.Retention) (eip3076.PruneReport, error) {
	var (
		report eip3076.PruneReport
		keys   []messages.PublicKey
	)
	if err := keep.Validate(); err != nil {
		return report, err
	}
	err := s.transact(ctx, func(c *connection) (err error) {
		keys, err = c.keys()
		return err
	})
	if err != nil {
		return report, err
	}
	for _, key := range keys {
		var pruned eip3076.PruneReport
		err := s.transact(ctx, func(c *connection) (err error) {
			pruned, err = c.prune(key, keep)
			return err
		})
		if err != nil {
			return report, fmt.Errorf("validator %v: %w", key, err)
		}
		report.Blocks += pruned.Blocks
		report.Attestations += pruned.Attestations
	}
	return report, nil
}

// prune raises the watermark of one validator before it deletes what lies below.
func (c *connection) prune(key messages.PublicKey, keep eip3076.Retention) (eip3076.PruneReport, error) {
	var report eip3076.PruneReport
	v, err := c.validator(key)
	if err != nil {
		return report, err
	}
	edge := keep.Edge(v.Summary)
	source, err := c.row("SELECT max(source_epoch) FROM attestations WHERE validator = ? AND target_epoch < ?", v.id, int64(edge.Target))
	if err != nil {
		return report, err
	}
	edge.Source = count(source[0])
	if low := v.Low.Raise(edge); low != v.Low {
		v.Low = low
		if err := c.save(key, v); err != nil {
			return report, err
		}
	}
	if report.Blocks, err = c.exec("DELETE FROM blocks WHERE validator = ? AND slot < ?", v.id, int64(edge.Slot)); err != nil {
		return report, err
	}
	if report.Attestations, err = c.exec("DELETE FROM attestations WHERE validator = ? AND target_epoch < ?", v.id, int64(edge.Target)); err != nil {
		return report, err
	}
	// What surrounds a vote that is gone, as only imported ones do, can no longer be repeated.
	_, err = c.exec("UPDATE attestations SET signing_root = NULL WHERE validator = ? AND source_epoch < ?", v.id, int64(edge.Source))
	return report, err
}

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
			v, err := c.validator(key)
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
	blocks, votes, err := c.sweep(ctx, v.id, func(err error) { report.Found(key, err) })
	if err != nil {
		return err
	}
	report.Blocks += blocks
	report.Attestations += votes
	if blocks > 0 && v.Low.Slot == 0 {
		report.Found(key, errors.New("there are blocks, but no low watermark"))
	}
	if votes > 0 && v.Low.Target == 0 {
		report.Found(key, errors.New("there are attestations, but no low watermark"))
	}
	scheme, err := c.row("SELECT (SELECT count(*) FROM blocks WHERE validator = ?1 AND scheme != 0) + (SELECT count(*) FROM attestations WHERE validator = ?1 AND scheme != 0)", v.id)
	if err == nil && count(scheme[0]) > 0 {
		report.Found(key, fmt.Errorf("%d rows have a scheme that this program does not know", count(scheme[0])))
	}
	return err
}
