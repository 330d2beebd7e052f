package memory

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Import implements [eip3076.Exchanger].
func (s *Store) Import(ctx context.Context, file io.Reader) (eip3076.ImportReport, error) {
	var report eip3076.ImportReport
	err := s.change(ctx, func(now *state) (err error) {
		var tallies eip3076.Tallies
		root, err := eip3076.Decode(file, func(h eip3076.History) error { return s.take(now, h, tallies.Of(h.Key)) })
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
			s.put(now, t.Report.Key, v)
			return t.Sweep(v.rows(t.Report.Key, s.cfg.Marks.Now()))
		})
		return err
	})
	return report, err
}

func (s *Store) take(now *state, h eip3076.History, t *eip3076.Tally) error {
	v, err := s.validator(now, h.Key)
	if err != nil {
		return fmt.Errorf("validator %v: %w", h.Key, err)
	}
	for _, b := range h.Blocks {
		t.Block(b, !slices.Contains(v.blocks, b) && v.addBlock(v.summary.Low.TakeBlock(b)))
	}
	for _, a := range h.Attestations {
		t.Attestation(a, !slices.Contains(v.votes, a) && v.addVote(v.summary.Low.TakeAttestation(a)))
	}
	s.put(now, h.Key, v)
	return nil
}

// Export implements [eip3076.Exchanger].
func (s *Store) Export(ctx context.Context, file io.Writer, keys ...messages.PublicKey) error {
	return s.use(ctx, func(now *state) error {
		if now.root.IsZero() {
			return eip3076.ErrNoChain
		}
		out := eip3076.NewEncoder(file, now.root)
		for _, key := range now.keys(keys) {
			if _, known := now.validators[key]; !known {
				continue
			}
			v, err := s.validator(now, key)
			if err != nil {
				return fmt.Errorf("validator %v: %w", key, err)
			}
			all := v.rows(key, s.cfg.Marks.Now())
			if err := out.History(key, v.summary.Low, all.Blocks, all.Attestations); err != nil {
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
	return eip3076.InOrder(named)
}

// PruneNext implements [eip3076.Recorder].
func (s *Store) PruneNext(ctx context.Context, after messages.PublicKey, keep eip3076.Retention) (eip3076.PruneStep, error) {
	var step eip3076.PruneStep
	if err := keep.Validate(); err != nil {
		return step, err
	}
	err := s.change(ctx, func(now *state) error {
		step.Step = eip3076.StepAfter(now.keys(nil), after)
		if step.End {
			return nil
		}
		var v validator
		if v, step.Refused = s.validator(now, step.Key); step.Refused == nil {
			step.PruneReport = v.prune(keep)
			s.put(now, step.Key, v)
		}
		return nil
	})
	return step, err
}

// RekeyNext implements [eip3076.Maintainer].
func (s *Store) RekeyNext(ctx context.Context, after messages.PublicKey, how eip3076.Rekeying) (eip3076.RekeyStep, error) {
	var step eip3076.RekeyStep
	err := s.change(ctx, func(now *state) error {
		step.Step = eip3076.StepAfter(now.keys(nil), after)
		if step.End {
			return nil
		}
		v := now.validators[step.Key].clone()
		if step.Rows, step.Refused = v.rekey(step.Key, s.cfg.Marks.Now(), how); step.Refused == nil {
			now.validators[step.Key] = v
		}
		return nil
	})
	return step, err
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
			v, err := s.validator(now, key)
			if err != nil {
				return fmt.Errorf("validator %v: %w", key, err)
			}
			v.summary.Low = v.summary.Low.Raise(floor)
			s.put(now, key, v)
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
			v, marks := now.validators[key], s.cfg.Marks.Now()
			if err := report.Validator(key, v.summary, marks.CheckHead(key, v.head(), v.headMark), v.rows(key, marks)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return eip3076.VerifyReport{}, fmt.Errorf("verify: %w", err)
	}
	return report, nil
}
