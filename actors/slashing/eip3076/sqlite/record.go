package sqlite

import (
	"context"
	"errors"
	"iter"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	insertBlock       = "INSERT INTO blocks (validator, slot, rival, signing_root, scheme, mac) VALUES (?, ?, 0, ?, ?, ?)"
	insertAttestation = "INSERT INTO attestations (validator, source_epoch, target_epoch, rival, signing_root, scheme, mac) VALUES (?, ?, ?, 0, ?, ?, ?)"

	selectBlocksAt       = selectBlock + "WHERE validator = ? AND slot = ?"
	selectAttestationsAt = selectAttestation + "WHERE validator = ? AND target_epoch = ?"

	// One row that surrounds the vote, and one that it surrounds. The latter has a source above the vote's, so its
	// target is above that too, unless it is one of the backward rows, which have their own index.
	selectSurround = "SELECT * FROM (" + selectAttestation + `
	WHERE validator = ?1 AND target_epoch > ?3 AND source_epoch < ?2 LIMIT 1)
UNION ALL
SELECT * FROM (` + selectAttestation + `
	WHERE validator = ?1 AND target_epoch > ?2 AND target_epoch < ?3 AND source_epoch > ?2 LIMIT 1)
UNION ALL
SELECT * FROM (` + selectAttestation + `
	WHERE validator = ?1 AND source_epoch > target_epoch AND target_epoch < ?3 AND source_epoch > ?2 LIMIT 1)`
)

// Record implements [eip3076.Recorder].
func (s *Store) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	if err := s.inPlace(); err != nil {
		return messages.Recorded{}, err
	}
	recorded := messages.Recorded{Verdicts: make([]error, len(duties))}
	err := s.transact(ctx, func(c *connection) (err error) {
		for i, d := range duties {
			if recorded.Verdicts[i], err = c.judge(d); err != nil {
				return err
			}
		}
		recorded.GenesisValidatorsRoot = c.chain
		return nil
	})
	if err != nil {
		return messages.Recorded{}, err
	}
	return recorded, nil
}

// judge decides about one duty and records it. The error is one of storage.
func (c *connection) judge(d messages.KeyDuty) (verdict, err error) {
	if verdict := eip3076.CheckChain(d.Duty, c.chain); verdict != nil {
		return verdict, nil
	}
	if err := c.pin(d.Duty.GenesisValidatorsRoot); err != nil || !d.Duty.Operation.Protected() {
		return nil, err
	}
	v, err := c.validator(d.Key)
	if err != nil {
		return nil, err
	}
	switch {
	case v.refused != nil:
		return v.refused, nil
	case d.Duty.Operation == messages.Attestation:
		verdict, err = c.judgeAttestation(d.Key, v, eip3076.AttestationOf(d.Duty))
	default:
		verdict, err = c.judgeBlock(d.Key, v, eip3076.BlockOf(d.Duty))
	}
	if errors.Is(err, messages.ErrRowRefused) {
		return err, nil
	}
	return verdict, err
}

func (c *connection) judgeBlock(key messages.PublicKey, v *validator, b eip3076.Block) (verdict, err error) {
	var rows []eip3076.Block
	if !v.Top.AdmitsBlock(b) {
		if rows, err = collect(c.blocks(key, selectBlocksAt, v.id, int64(b.Slot))); err != nil {
			return nil, err
		}
	}
	repeat, verdict := eip3076.CheckBlock(b, v.Low, rows)
	if verdict != nil || repeat {
		return verdict, nil
	}
	if err := c.advance(key, v, v.SignBlock(b)); err != nil {
		return nil, err
	}
	mark := c.marks.Now().Block(key, b)
	_, err = c.exec(insertBlock, v.id, int64(b.Slot), b.SigningRoot[:], int64(mark.Scheme), mark.MAC)
	return nil, err
}

func (c *connection) judgeAttestation(key messages.PublicKey, v *validator, a eip3076.Attestation) (verdict, err error) {
	var rows []eip3076.Attestation
	if !v.Top.AdmitsAttestation(a) {
		if rows, err = c.related(key, v, a); err != nil {
			return nil, err
		}
	}
	repeat, verdict := eip3076.CheckAttestation(a, v.Low, rows)
	if verdict != nil || repeat {
		return verdict, nil
	}
	if err := c.advance(key, v, v.SignAttestation(a)); err != nil {
		return nil, err
	}
	mark := c.marks.Now().Attestation(key, a)
	_, err = c.exec(insertAttestation, v.id, int64(a.Source), int64(a.Target), a.SigningRoot[:], int64(mark.Scheme), mark.MAC)
	return nil, err
}

// related reads the rows that CheckAttestation needs. What the rows at its target rule out already is refused without
// a search for surrounding votes, which has to read every row above an old target.
func (c *connection) related(key messages.PublicKey, v *validator, a eip3076.Attestation) ([]eip3076.Attestation, error) {
	rows, err := collect(c.attestations(key, selectAttestationsAt, v.id, int64(a.Target)))
	if err != nil {
		return nil, err
	}
	_, refused := eip3076.CheckAttestation(a, v.Low, rows)
	if refused != nil && eip3076.RuleOf(refused) != eip3076.RuleBelowWatermark {
		return rows, nil
	}
	around, err := collect(c.attestations(key, selectSurround, v.id, int64(a.Source), int64(a.Target)))
	return append(rows, around...), err
}

// advance takes over the summary after a signature, and gives the validator its row with the first one.
func (c *connection) advance(key messages.PublicKey, v *validator, next eip3076.Summary) error {
	moved := next.Low != v.Low
	v.Summary = next
	if v.id != 0 && !moved {
		c.changed = append(c.changed, key)
		return nil
	}
	return c.save(key, v)
}

func collect[T any](rows iter.Seq2[T, error]) ([]T, error) {
	var list []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, nil
}
