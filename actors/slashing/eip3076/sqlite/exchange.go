package sqlite

import (
	"context"
	"io"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	// The root to put on record is followed by the root in the file, and by the mark. Nothing is inserted when a row with
	// either root is there; another row at the slot or target makes this one a rival.
	importBlock = `
INSERT INTO blocks (validator, slot, rival, signing_root, scheme, mac)
SELECT ?1, ?2, count(*), ?3, ?5, ?6 FROM blocks WHERE validator = ?1 AND slot = ?2
HAVING coalesce(max(signing_root IS ?3 OR signing_root IS ?4), 0) = 0`
	importAttestation = `
INSERT INTO attestations (validator, source_epoch, target_epoch, rival, signing_root, scheme, mac)
SELECT ?1, ?2, ?3, count(*), ?4, ?6, ?7 FROM attestations WHERE validator = ?1 AND target_epoch = ?3
HAVING coalesce(max(source_epoch = ?2 AND (signing_root IS ?4 OR signing_root IS ?5)), 0) = 0`

	selectBlocks       = selectBlock + "WHERE validator = ? ORDER BY slot, rival"
	selectAttestations = selectAttestation + "WHERE validator = ? ORDER BY target_epoch, rival"
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
	v, err := c.believed(h.Key)
	if err != nil {
		return err
	}
	if v.id == 0 {
		if err := c.save(h.Key, v); err != nil {
			return err
		}
	}
	marks := c.marks.Now()
	for _, b := range h.Blocks {
		taken := v.Low.TakeBlock(b)
		mark := marks.Block(h.Key, taken)
		added, err := c.exec(importBlock, v.id, int64(b.Slot),
			rootOrNull(taken.SigningRoot, taken.HasRoot), rootOrNull(b.SigningRoot, b.HasRoot), int64(mark.Scheme), mark.MAC)
		if err != nil {
			return err
		}
		t.Block(b, added == 1)
	}
	for _, a := range h.Attestations {
		taken := v.Low.TakeAttestation(a)
		mark := marks.Attestation(h.Key, taken)
		added, err := c.exec(importAttestation, v.id, int64(a.Source), int64(a.Target),
			rootOrNull(taken.SigningRoot, taken.HasRoot), rootOrNull(a.SigningRoot, a.HasRoot), int64(mark.Scheme), mark.MAC)
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
	all, err := c.history(ctx, t.Report.Key, v)
	if err != nil {
		return err
	}
	return of(t.Report.Key, t.Sweep(all))
}

// history reads every row of a validator, unless the context has ended.
func (c *connection) history(ctx context.Context, key messages.PublicKey, v *validator) (eip3076.Rows, error) {
	if err := ctx.Err(); err != nil {
		return eip3076.Rows{}, unavailable(c.path, err)
	}
	return eip3076.Rows{Blocks: c.blocks(key, selectBlocks, v.id), Attestations: c.attestations(key, selectAttestations, v.id)}, nil
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
			v, err := c.believed(key)
			if err != nil {
				return err
			}
			if v.id == 0 {
				continue
			}
			all, err := c.history(ctx, key, v)
			if err != nil {
				return err
			}
			if err := out.History(key, v.Low, all.Blocks, all.Attestations); err != nil {
				return of(key, err)
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
	return eip3076.InOrder(named), nil
}

func rootOrNull(root messages.Root, known bool) any {
	if !known {
		return nil
	}
	return root[:]
}
