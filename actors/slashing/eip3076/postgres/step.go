package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// validator is one whose head is locked in a transaction.
type validator struct {
	pgx.Tx
	id  int64
	key messages.PublicKey
	head
}

const selectNext = selectHead + "WHERE v.public_key > $1 ORDER BY v.public_key LIMIT 1 FOR NO KEY UPDATE"

// errLeft takes the transaction of a step back, because the validator is left as it is.
var errLeft = errors.New("left as it is")

// next calls do with the first validator after a key, in a transaction of its own.
func (s *Store) next(ctx context.Context, after messages.PublicKey, do func(context.Context, validator) error) (step eip3076.Step, err error) {
	attempt := func(tx pgx.Tx) error {
		found, err := collectHeads(ctx, tx, selectNext, after[:])
		if err != nil || len(found) == 0 {
			step = eip3076.Step{End: true}
			return err
		}
		key, h, err := found[0].read()
		if err == nil {
			err = do(ctx, validator{tx, found[0].id, key, h})
		}
		step = eip3076.Step{Key: key}
		if errors.Is(err, messages.ErrRowRefused) {
			step.Refused = err
			return errLeft
		}
		return err
	}
	err = s.use(ctx, func(*memory) error {
		return s.persist(ctx, func(ctx context.Context) error {
			err := pgx.BeginFunc(ctx, s.pool, attempt)
			if errors.Is(err, errLeft) {
				return nil
			}
			return err
		})
	})
	return step, err
}

// PruneNext implements [eip3076.Recorder].
func (s *Store) PruneNext(ctx context.Context, after messages.PublicKey, keep eip3076.Retention) (eip3076.PruneStep, error) {
	if err := keep.Validate(); err != nil {
		return eip3076.PruneStep{}, err
	}
	var report eip3076.PruneReport
	step, err := s.next(ctx, after, func(ctx context.Context, v validator) (err error) {
		report, err = s.prune(ctx, v, keep)
		return err
	})
	if err != nil || step.Refused != nil {
		report = eip3076.PruneReport{}
	}
	return eip3076.PruneStep{Step: step, PruneReport: report}, err
}

const (
	pruneBlocks = `
DELETE FROM chamber_slashing.blocks WHERE validator = $1 AND slot < $2
RETURNING slot, rival, signing_root, scheme, mac`
	pruneAttestations = `
DELETE FROM chamber_slashing.attestations WHERE validator = $1 AND target_epoch < $2
RETURNING target_epoch, rival, source_epoch, signing_root, scheme, mac`

	selectSurrounding = `
SELECT target_epoch, rival, source_epoch, signing_root, scheme, mac FROM chamber_slashing.attestations
WHERE validator = $1 AND source_epoch < $2 AND signing_root IS NOT NULL`
)

// prune raises the watermark of one validator, and deletes what lies below. An error takes back what was deleted before it
// was believed.
func (s *Store) prune(ctx context.Context, v validator, keep eip3076.Retention) (report eip3076.PruneReport, err error) {
	marks := s.marks.Now()
	if err := marks.CheckHead(v.key, v.Head, v.mark); err != nil {
		return report, err
	}
	edge := keep.Edge(v.Summary)
	blocks, err := v.blocks(ctx, pruneBlocks, v.id, int64(edge.Slot))
	if err != nil {
		return report, err
	}
	for _, row := range blocks {
		if _, err := row.believe(v.key, marks); err != nil {
			return report, err
		}
	}
	votes, err := v.votes(ctx, pruneAttestations, v.id, int64(edge.Target))
	if err != nil {
		return report, err
	}
	for _, row := range votes {
		a, err := row.believe(v.key, marks)
		if err != nil {
			return report, err
		}
		edge.Source = max(edge.Source, a.Source)
	}
	report = eip3076.PruneReport{Blocks: len(blocks), Attestations: len(votes)}
	if err := v.strip(ctx, edge.Source, marks); err != nil {
		return report, err
	}
	next := v.Head
	next.Low = next.Low.Raise(edge)
	if report == (eip3076.PruneReport{}) && next == v.Head {
		return report, nil
	}
	return report, v.change(ctx, marks, next)
}

// strip takes the roots of votes that surround a deleted one, as only imported ones do: they can no longer be repeated.
func (v validator) strip(ctx context.Context, source uint64, marks eip3076.Marker) error {
	old, err := v.votes(ctx, selectSurrounding, v.id, int64(source))
	if err != nil {
		return err
	}
	next := marking{}
	for _, row := range old {
		a, err := row.believe(v.key, marks)
		if err != nil {
			return err
		}
		bare := eip3076.Attestation{Source: a.Source, Target: a.Target}
		next.add(row.target, row.rival, nil, marks.Attestation(v.key, bare))
	}
	return next.apply(ctx, v, markAttestations)
}

// change writes the head, with its next revision.
func (v validator) change(ctx context.Context, marks eip3076.Marker, next eip3076.Head) error {
	w := &writes{}
	w.add(marks, v.key, v.head, next)
	return w.apply(ctx, v.Tx)
}

// RekeyNext implements [eip3076.Maintainer].
func (s *Store) RekeyNext(ctx context.Context, after messages.PublicKey, how eip3076.Rekeying) (eip3076.RekeyStep, error) {
	rows := 0
	step, err := s.next(ctx, after, func(ctx context.Context, v validator) (err error) {
		rows, err = v.rekey(ctx, s.marks.Now(), how)
		return err
	})
	if err != nil || step.Refused != nil {
		rows = 0
	}
	return eip3076.RekeyStep{Step: step, Rows: rows}, err
}
