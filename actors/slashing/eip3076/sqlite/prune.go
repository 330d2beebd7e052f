package sqlite

import (
	"context"
	"errors"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	selectBlocksBelow       = selectBlock + "WHERE validator = ? AND slot < ?"
	selectAttestationsBelow = selectAttestation + "WHERE validator = ? AND target_epoch < ?"
	selectSourcesBelow      = selectAttestation + "WHERE validator = ? AND source_epoch < ?"
)

// PruneNext implements [eip3076.Recorder]. A validator is a transaction of its own.
func (s *Store) PruneNext(ctx context.Context, after messages.PublicKey, keep eip3076.Retention) (eip3076.PruneStep, error) {
	var step eip3076.PruneStep
	if err := keep.Validate(); err != nil {
		return step, err
	}
	err := s.transact(ctx, func(c *connection) (err error) {
		if step.Step, err = c.next(after); err != nil || step.End {
			return err
		}
		step.PruneReport, err = c.prune(step.Key, keep)
		return err
	})
	if errors.Is(err, messages.ErrRowRefused) || errors.Is(err, messages.ErrStoreRegressed) { // and so rolled back
		return eip3076.PruneStep{Step: eip3076.Step{Key: step.Key, Refused: err}}, nil
	}
	return step, err
}

// prune raises the watermark of one validator before it deletes what lies below.
func (c *connection) prune(key messages.PublicKey, keep eip3076.Retention) (eip3076.PruneReport, error) {
	var report eip3076.PruneReport
	v, err := c.validator(key)
	if err == nil {
		err = v.refused
	}
	if err != nil {
		return report, err
	}
	edge, err := c.edge(key, v, keep)
	if err != nil {
		return report, err
	}
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
	return report, c.takeRoots(key, v, edge.Source)
}

// edge finds how much to delete, and how high the sources have to rise for it. What is to be deleted is believed first.
func (c *connection) edge(key messages.PublicKey, v *validator, keep eip3076.Retention) (eip3076.Floor, error) {
	edge := keep.Edge(v.Summary)
	for _, err := range c.blocks(key, selectBlocksBelow, v.id, int64(edge.Slot)) {
		if err != nil {
			return edge, err
		}
	}
	for a, err := range c.attestations(key, selectAttestationsBelow, v.id, int64(edge.Target)) {
		if err != nil {
			return edge, err
		}
		edge.Source = max(edge.Source, a.Source)
	}
	return edge, nil
}

// takeRoots takes the root of each vote that surrounds one that is gone, as only imported ones do: it can no longer be
// repeated.
func (c *connection) takeRoots(key messages.PublicKey, v *validator, source uint64) error {
	votes, err := collect(c.storedAttestations(key, selectSourcesBelow, v.id, int64(source)))
	if err != nil {
		return err
	}
	marks := c.marks.Now()
	for _, a := range votes {
		if err := marks.CheckAttestation(key, a.Fact, a.Mark); err != nil {
			return err
		}
		a.Fact.SigningRoot, a.Fact.HasRoot = messages.Root{}, false
		a.Mark = marks.Attestation(key, a.Fact)
		if err := c.replaceAttestation(v.id, a); err != nil {
			return err
		}
	}
	return nil
}
