package sqlite

import (
	"context"
	"errors"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// RekeyNext implements [eip3076.Maintainer].
func (s *Store) RekeyNext(ctx context.Context, after messages.PublicKey, how eip3076.Rekeying) (eip3076.RekeyStep, error) {
	var step eip3076.RekeyStep
	err := s.transact(ctx, func(c *connection) (err error) {
		if step.Step, err = c.next(after); err != nil || step.End {
			return err
		}
		defer c.forget() // of the old marks, or of why a row was refused
		step.Rows, err = c.rekey(step.Key, how)
		return err
	})
	if errors.Is(err, messages.ErrRowRefused) { // and so rolled back
		return eip3076.RekeyStep{Step: eip3076.Step{Key: step.Key, Refused: err}}, nil
	}
	return step, err
}

// rekey marks the rows of one validator anew and returns how many.
func (c *connection) rekey(key messages.PublicKey, how eip3076.Rekeying) (rows int, err error) {
	v := &validator{}
	row, err := c.row(selectHead, key[:])
	if err != nil {
		return 0, err
	}
	now, mark := c.marks.Now(), v.readHead(row)
	mark, changed, err := how.Head(now, eip3076.Row[eip3076.Head]{Key: key, Fact: v.head(), Mark: mark})
	if err != nil {
		return 0, err
	}
	if changed {
		rows++
		if _, err := c.exec("UPDATE validators SET scheme = ?2, mac = ?3 WHERE id = ?1", v.id, int64(mark.Scheme), mark.MAC); err != nil {
			return 0, err
		}
	}
	blocks, err := collect(c.storedBlocks(key, selectBlocks, v.id))
	if err != nil {
		return 0, err
	}
	for _, b := range blocks {
		if b.Mark, changed, err = how.Block(now, b.Row); err == nil && changed {
			rows++
			err = c.replaceBlock(v.id, b)
		}
		if err != nil {
			return 0, err
		}
	}
	votes, err := collect(c.storedAttestations(key, selectAttestations, v.id))
	if err != nil {
		return 0, err
	}
	for _, a := range votes {
		if a.Mark, changed, err = how.Attestation(now, a.Row); err == nil && changed {
			rows++
			err = c.replaceAttestation(v.id, a)
		}
		if err != nil {
			return 0, err
		}
	}
	return rows, nil
}

// replaceBlock writes the root and the mark of a row that is there.
func (c *connection) replaceBlock(id int64, b stored[eip3076.Block]) error {
	_, err := c.exec("UPDATE blocks SET signing_root = ?4, scheme = ?5, mac = ?6 WHERE validator = ?1 AND slot = ?2 AND rival = ?3",
		id, int64(b.Fact.Slot), b.rival, rootOrNull(b.Fact.SigningRoot, b.Fact.HasRoot), int64(b.Mark.Scheme), b.Mark.MAC)
	return err
}

// replaceAttestation does the same for an attestation.
func (c *connection) replaceAttestation(id int64, a stored[eip3076.Attestation]) error {
	_, err := c.exec("UPDATE attestations SET signing_root = ?4, scheme = ?5, mac = ?6 WHERE validator = ?1 AND target_epoch = ?2 AND rival = ?3",
		id, int64(a.Fact.Target), a.rival, rootOrNull(a.Fact.SigningRoot, a.Fact.HasRoot), int64(a.Mark.Scheme), a.Mark.MAC)
	return err
}
