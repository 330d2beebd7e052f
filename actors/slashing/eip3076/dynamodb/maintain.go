package dynamodb

import (
	"context"
	"fmt"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// mostDropped is how many bundles one write leaves behind. They fit into a transaction with the head.
const mostDropped = 90

// SetWatermark implements [eip3076.Maintainer]. Each validator is a write of its own: what was done before an error
// stays done.
func (s *Store) SetWatermark(ctx context.Context, w eip3076.Watermark, keys ...messages.PublicKey) (int, error) {
	floor, err := w.Floor()
	if err != nil {
		return 0, err
	}
	concerned := 0
	err = s.work(ctx, func() error {
		keys, err := s.selected(ctx, keys)
		if err != nil {
			return err
		}
		concerned = len(keys)
		return s.amend(ctx, keys, func(messages.PublicKey) func(*view) error {
			return func(v *view) error {
				v.Low, v.kept = v.Low.Raise(floor), true
				return nil
			}
		})
	})
	if err != nil {
		return 0, err
	}
	return concerned, nil
}

// amend settles one task for each key, some of them at once. The error of a task ends it.
func (s *Store) amend(ctx context.Context, keys []messages.PublicKey, decision func(messages.PublicKey) func(*view) error) error {
	for some := range slices.Chunk(keys, batchSize) {
		tasks := make([]*task, len(some))
		for i, key := range some {
			tasks[i] = &task{key: key, decide: decision(key)}
		}
		clear(s.known)
		if err := s.settle(ctx, tasks); err != nil {
			return err
		}
		clear(s.known)
		for _, t := range tasks {
			if t.err != nil {
				return fmt.Errorf("validator %v: %w", t.key, t.err)
			}
		}
	}
	return nil
}

// PruneNext implements [eip3076.Recorder].
func (s *Store) PruneNext(ctx context.Context, after messages.PublicKey, keep eip3076.Retention) (eip3076.PruneStep, error) {
	var step eip3076.PruneStep
	if err := keep.Validate(); err != nil {
		return step, err
	}
	err := s.work(ctx, func() (err error) {
		if step.Step, err = s.follows(ctx, after); err != nil || step.End {
			return err
		}
		for more := true; more && step.Refused == nil; {
			var pruned eip3076.PruneReport
			t := &task{key: step.Key, decide: func(v *view) error {
				if err := v.whole(); err != nil {
					return err
				}
				pruned = v.prune(keep)
				more = len(v.dropped) == mostDropped
				return nil
			}}
			if err := s.settle(ctx, []*task{t}); err != nil {
				return err
			}
			if step.Refused = t.err; t.err == nil {
				step.Blocks += pruned.Blocks
				step.Attestations += pruned.Attestations
			}
		}
		return nil
	})
	return step, err
}

// RekeyNext implements [eip3076.Maintainer]. Only the head is written: its mark stands for all rows. An import that is
// halfway stays so: it needs heads that can be believed.
func (s *Store) RekeyNext(ctx context.Context, after messages.PublicKey, how eip3076.Rekeying) (eip3076.RekeyStep, error) {
	var step eip3076.RekeyStep
	err := s.use(ctx, func() (err error) {
		if step.Step, err = s.follows(ctx, after); err != nil || step.End {
			return err
		}
		var changed bool
		t := &task{key: step.Key}
		t.genuine = func(h eip3076.Head, sum digest, with eip3076.Mark) (err error) {
			_, changed, err = how.HeadOver(s.cfg.Marks.Now(), eip3076.Row[eip3076.Head]{Key: t.key, Fact: h, Mark: with}, sum)
			return err
		}
		t.decide = func(v *view) error {
			if err := v.whole(); err != nil {
				return err
			}
			if v.remarked = changed; changed {
				step.Rows = 1 + v.all().count()
			}
			return nil
		}
		delete(s.known, t.key)
		err = s.settle(ctx, []*task{t})
		step.Refused = t.err
		return err
	})
	return step, err
}

// prune leaves out what is too old, and the bundles that nothing is left of. All rows have been read.
func (v *view) prune(keep eip3076.Retention) eip3076.PruneReport {
	before := v.all()
	edge := keep.Edge(v.Summary)
	for _, a := range before.votes {
		if a.Target < edge.Target {
			edge.Source = max(edge.Source, a.Source)
		}
	}
	v.Low = v.Low.Raise(edge)
	v.rows = v.rows.after(edge)
	v.older.prune(edge)
	for len(v.read) > 0 && len(v.dropped) < mostDropped && v.left(len(v.read)-1).count() == 0 {
		v.dropped = append(v.dropped, v.older.first)
		v.older.first++
		v.read = v.read[:len(v.read)-1]
	}
	after := v.all()
	return eip3076.PruneReport{Blocks: len(before.blocks) - len(after.blocks), Attestations: len(before.votes) - len(after.votes)}
}
