package sqlite

import (
	"bytes"
	"context"
	"io"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	// The last argument is the root in the file, the one before it the root to put on record. Nothing is inserted when
	// a row with either is there; another row at the slot or target makes this one a rival.
	importBlock = `
INSERT INTO blocks (validator, slot, rival, signing_root)
SELECT ?1, ?2, count(*), ?3 FROM blocks WHERE validator = ?1 AND slot = ?2
HAVING coalesce(max(signing_root IS ?3 OR signing_root IS ?4), 0) = 0`
	importAttestation = `
INSERT INTO attestations (validator, source_epoch, target_epoch, rival, signing_root)
SELECT ?1, ?2, ?3, count(*), ?4 FROM attestations WHERE validator = ?1 AND target_epoch = ?3
HAVING coalesce(max(source_epoch = ?2 AND (signing_root IS ?4 OR signing_root IS ?5)), 0) = 0`

	selectBlocks       = "SELECT slot, signing_root FROM blocks WHERE validator = ? ORDER BY slot, rival"
	selectAttestations = "SELECT source_epoch, target_epoch, signing_root FROM attestations WHERE validator = ? ORDER BY target_epoch, rival"
)

// Import implements [eip3076.Exchanger].
func (s *Store) Import(ctx context.Context, file io.Reader) (eip3076.ImportReport, error) {
	var report eip3076.ImportReport
	err := s.transact(ctx, func(c *connection) error {
		defer c.forget() // of the rows above those that it knew
		var tallies eip3076.Tallies
		root, err := eip3076.Decode(file, func(h eip3076.History) error {
			if err := ctx.Err(); err != nil {
				return unavailable(c.path, err)
			}
			return c.take(h, tallies.Of(h.Key))
		})
		if err != nil {
			return err
		}
		if err := eip3076.CheckFile(root, c.chain); err != nil {
			return err
		}
		if err := c.pin(root); err != nil {
			return err
		}
		report, err = tallies.Finish(root, func(t *eip3076.Tally) error { return c.finish(ctx, t) })
		return err
	})
	if err != nil {
		return eip3076.ImportReport{}, err
	}
	return report, nil
}

// take adds the rows of one entry.
func (c *connection) take(h eip3076.History, t *eip3076.Tally) error {
	v, err := c.validator(h.Key)
	if err != nil {
		return err
	}
	if v.id == 0 {
		if err := c.save(h.Key, v); err != nil {
			return err
		}
	}
	for _, b := range h.Blocks {
		taken := v.Low.TakeBlock(b)
		added, err := c.exec(importBlock, v.id, int64(b.Slot), rootOrNull(taken.SigningRoot, taken.HasRoot), rootOrNull(b.SigningRoot, b.HasRoot))
		if err != nil {
			return err
		}
		t.Block(b, added == 1)
	}
	for _, a := range h.Attestations {
		taken := v.Low.TakeAttestation(a)
		added, err := c.exec(importAttestation, v.id, int64(a.Source), int64(a.Target), rootOrNull(taken.SigningRoot, taken.HasRoot), rootOrNull(a.SigningRoot, a.HasRoot))
		if err != nil {
			return err
		}
		t.Attestation(a, added == 1)
	}
	return nil
}

// finish moves the watermark and looks for contradictions, after the last entry of the file.
func (c *connection) finish(ctx context.Context, t *eip3076.Tally) error {
	v, err := c.validator(t.Report.Key)
	if err != nil {
		return err
	}
	v.Low, v.imported = t.Lift(v.Low, v.imported)
	if err := c.save(t.Report.Key, v); err != nil {
		return err
	}
	_, _, err = c.sweep(ctx, v.id, func(error) { t.Report.Slashable++ })
	return err
}

// sweep reads every row of a validator and calls found for each that contradicts an earlier one.
func (c *connection) sweep(ctx context.Context, id int64, found func(error)) (blocks, votes int, err error) {
	var sweep eip3076.Sweep
	for b, err := range c.blocks(selectBlocks, id) {
		if err != nil {
			return 0, 0, err
		}
		blocks++
		if err := sweep.Block(b); err != nil {
			found(err)
		}
	}
	for a, err := range c.attestations(selectAttestations, id) {
		if err != nil {
			return 0, 0, err
		}
		votes++
		if err := sweep.Attestation(a); err != nil {
			found(err)
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, 0, unavailable(c.path, err)
	}
	return blocks, votes, nil
}

// Export implements [eip3076.Exchanger].
func (s *Store) Export(ctx context.Context, file io.Writer, keys ...messages.PublicKey) error {
	return s.transact(ctx, func(c *connection) error {
		if c.chain.IsZero() {
			return eip3076.ErrNoChain
		}
		keys, err := c.selected(keys)
		if err != nil {
			return err
		}
		out := eip3076.NewEncoder(file, c.chain)
		for _, key := range keys {
			v, err := c.validator(key)
			if err != nil {
				return err
			}
			if v.id == 0 {
				continue
			}
			if err := ctx.Err(); err != nil {
				return unavailable(c.path, err)
			}
			if err := out.History(key, v.Low, c.blocks(selectBlocks, v.id), c.attestations(selectAttestations, v.id)); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

// selected returns the named keys once each, or all of them, in ascending order.
func (c *connection) selected(named []messages.PublicKey) ([]messages.PublicKey, error) {
	if len(named) == 0 {
		return c.keys()
	}
	sorted := slices.SortedFunc(slices.Values(named), func(a, b messages.PublicKey) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(sorted), nil
}

func rootOrNull(root messages.Root, known bool) any {
	if !known {
		return nil
	}
	return root[:]
}
