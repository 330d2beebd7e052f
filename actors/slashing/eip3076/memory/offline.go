package memory

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// addBlock puts b in its place and reports whether it was new.
func (v *validator) addBlock(b eip3076.Block) bool {
	if slices.Contains(v.blocks, b) {
		return false
	}
	at, _ := slices.BinarySearchFunc(v.blocks, b.Slot+1, func(r eip3076.Block, slot uint64) int { return cmp.Compare(r.Slot, slot) })
	v.blocks = slices.Insert(v.blocks, at, b)
	v.summary.Top = v.summary.Top.Raise(b.Floor())
	return true
}

// addVote puts a in its place and reports whether it was new.
func (v *validator) addVote(a eip3076.Attestation) bool {
	if slices.Contains(v.votes, a) {
		return false
	}
	at, _ := slices.BinarySearchFunc(v.votes, a.Target+1, func(r eip3076.Attestation, target uint64) int { return cmp.Compare(r.Target, target) })
	v.votes = slices.Insert(v.votes, at, a)
	v.summary.Top = v.summary.Top.Raise(a.Floor())
	return true
}

// sweep calls found for each row that contradicts an earlier one.
func (v validator) sweep(found func(error)) {
	var sweep eip3076.Sweep
	for _, b := range v.blocks {
		if err := sweep.Block(b); err != nil {
			found(err)
		}
	}
	for _, a := range v.votes {
		if err := sweep.Attestation(a); err != nil {
			found(err)
		}
	}
}

// Import implements [eip3076.Exchanger].
func (s *Store) Import(ctx context.Context, file io.Reader) (eip3076.ImportReport, error) {
	var report eip3076.ImportReport
	err := s.change(ctx, func(now *state) (err error) {
		var tallies eip3076.Tallies
		root, err := eip3076.Decode(file, func(h eip3076.History) error {
			now.take(h, tallies.Of(h.Key))
			return nil
		})
		if err != nil {
			return err
		}
		if err := eip3076.CheckFile(root, now.root); err != nil {
			return err
		}
		now.root = root
		report, err = tallies.Finish(root, func(t *eip3076.Tally) error {
			v := now.validators[t.Report.Key]
			v.summary.Low, v.imported = t.Lift(v.summary.Low, v.imported)
			v.sweep(func(error) { t.Report.Slashable++ })
			now.validators[t.Report.Key] = v
			return nil
		})
		return err
	})
	return report, err
}

func (s *state) take(h eip3076.History, t *eip3076.Tally) {
	v := s.validators[h.Key]
	for _, b := range h.Blocks {
		t.Block(b, !slices.Contains(v.blocks, b) && v.addBlock(v.summary.Low.TakeBlock(b)))
	}
	for _, a := range h.Attestations {
		t.Attestation(a, !slices.Contains(v.votes, a) && v.addVote(v.summary.Low.TakeAttestation(a)))
	}
	s.validators[h.Key] = v
}

// Export implements [eip3076.Exchanger].
func (s *Store) Export(ctx context.Context, file io.Writer, keys ...messages.PublicKey) error {
	return s.use(ctx, func(now *state) error {
		if now.root.IsZero() {
			return eip3076.ErrNoChain
		}
		out := eip3076.NewEncoder(file, now.root)
		for _, key := range now.keys(keys) {
			v, ok := now.validators[key]
			if !ok {
				continue
			}
			if err := out.History(key, v.summary.Low, rows(v.blocks), rows(v.votes)); err != nil {
				return err
			}
		}
		return out.Close()
	})
}

// keys returns the named keys once each, or all of them, in ascending order.
func (s state) keys(named []messages.PublicKey) []messages.PublicKey {
	if len(named) == 0 {
		named = slices.Collect(maps.Keys(s.validators))
	}
	named = slices.SortedFunc(slices.Values(named), func(a, b messages.PublicKey) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(named)
}

func rows[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, row := range list {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// Prune implements [eip3076.Maintainer].
func (s *Store) Prune(ctx context.Context, keep eip3076.Retention) (eip3076.PruneReport, error) {
	var report eip3076.PruneReport
	if err := keep.Validate(); err != nil {
		return report, err
	}
	err := s.change(ctx, func(now *state) error {
		for key, v := range now.validators {
			edge := keep.Edge(v.summary)
			blocks, votes := len(v.blocks), len(v.votes)
			v.blocks = slices.DeleteFunc(v.blocks, func(b eip3076.Block) bool { return b.Slot < edge.Slot })
			v.votes = slices.DeleteFunc(v.votes, func(a eip3076.Attestation) bool {
				if a.Target < edge.Target {
					edge.Source = max(edge.Source, a.Source)
					return true
				}
				return false
			})
			for i, a := range v.votes {
				if a.Source < edge.Source { // it surrounds one that is gone
					v.votes[i] = eip3076.Attestation{Source: a.Source, Target: a.Target}
				}
			}
			v.summary.Low = v.summary.Low.Raise(edge)
			report.Blocks += blocks - len(v.blocks)
			report.Attestations += votes - len(v.votes)
			now.validators[key] = v
		}
		return nil
	})
	return report, err
}

// SetWatermark implements [eip3076.Maintainer].
func (s *Store) SetWatermark(ctx context.Context, w eip3076.Watermark, keys ...messages.PublicKey) (int, error) {
	floor, err := w.Floor()
	if err != nil {
		return 0, err
	}
	concerned := 0
	err = s.change(ctx, func(now *state) error {
		for _, key := range now.keys(keys) {
			v := now.validators[key]
			v.summary.Low = v.summary.Low.Raise(floor)
			now.validators[key] = v
			concerned++
		}
		return nil
	})
	return concerned, err
}

// Verify implements [eip3076.Maintainer].
func (s *Store) Verify(ctx context.Context) (eip3076.VerifyReport, error) {
	var report eip3076.VerifyReport
	err := s.use(ctx, func(now *state) error {
		report.GenesisValidatorsRoot = now.root
		report.Validators = len(now.validators)
		for _, key := range now.keys(nil) {
			v := now.validators[key]
			report.Blocks += len(v.blocks)
			report.Attestations += len(v.votes)
			v.sweep(func(err error) { report.Found(key, err) })
			if len(v.blocks) > 0 && v.summary.Low.Slot == 0 || len(v.votes) > 0 && v.summary.Low.Target == 0 {
				report.Found(key, errors.New("has rows but no low watermark"))
			}
		}
		return nil
	})
	if err != nil {
		return eip3076.VerifyReport{}, fmt.Errorf("verify: %w", err)
	}
	return report, nil
}
