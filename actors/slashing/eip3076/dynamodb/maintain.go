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
	err = s.use(ctx, func() error {
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

// Prune implements [eip3076.Maintainer]. Each validator is pruned by itself, so what is done when the context ends stays
// done.
func (s *Store) Prune(ctx context.Context, keep eip3076.Retention) (eip3076.PruneReport, error) {
	var report eip3076.PruneReport
	if err := keep.Validate(); err != nil {
		return report, err
	}
	err := s.use(ctx, func() error {
		keys, err := s.keys(ctx)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(keys, batchSize) {
			if err := s.prune(ctx, some, keep, &report); err != nil {
				return err
			}
		}
		return nil
	})
	return report, err
}

// prune goes on as long as there are more bundles to leave behind than fit into one write.
func (s *Store) prune(ctx context.Context, keys []messages.PublicKey, keep eip3076.Retention, report *eip3076.PruneReport) error {
	for len(keys) > 0 {
		pruned, more := map[messages.PublicKey]eip3076.PruneReport{}, map[messages.PublicKey]bool{}
		err := s.amend(ctx, keys, func(key messages.PublicKey) func(*view) error {
			return func(v *view) error {
				if err := v.whole(); err != nil {
					return err
				}
				pruned[key] = v.prune(keep)
				more[key] = len(v.dropped) == mostDropped
				return nil
			}
		})
		if err != nil {
			return err
		}
		for _, p := range pruned {
			report.Blocks += p.Blocks
			report.Attestations += p.Attestations
		}
		keys = slices.DeleteFunc(slices.Clone(keys), func(key messages.PublicKey) bool { return !more[key] })
	}
	return nil
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
