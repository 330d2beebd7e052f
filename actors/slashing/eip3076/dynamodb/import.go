package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// ErrUnfinished says that a file was imported, and that it is not in force for every validator yet.
var ErrUnfinished = errors.New("the file is part of the history, but not in place for every validator: " +
	"the next signer or command that uses the table completes it")

// Import implements [eip3076.Exchanger]. Until all of the file is in the table and can be taken in, nobody has to know of
// it; from then on it is part of the history.
func (s *Store) Import(ctx context.Context, file io.Reader) (eip3076.ImportReport, error) {
	var report eip3076.ImportReport
	err := s.work(ctx, func() error {
		f, root, err := s.stage(ctx, file)
		if err != nil {
			return err
		}
		if err := s.learnChain(ctx); err != nil {
			return err
		}
		if err := eip3076.CheckFile(root, s.chain); err != nil {
			return err
		}
		report = eip3076.ImportReport{GenesisValidatorsRoot: root}
		if err := s.believable(ctx, f.keys); err != nil {
			return err
		}
		if err := s.pin(ctx, root); err != nil || len(f.keys) == 0 {
			return err
		}
		if err := s.commit(ctx, f); err != nil {
			return err
		}
		s.halfway = true
		if report.Validators, err = s.apply(ctx, f, 0); err != nil {
			return fmt.Errorf("%w: %w", ErrUnfinished, err)
		}
		s.halfway = false
		return nil
	})
	if err != nil {
		return eip3076.ImportReport{}, err
	}
	return report, nil
}

// resume completes an import that was broken off.
func (s *Store) resume(ctx context.Context) error {
	f, applied, err := s.unfinished(ctx)
	if err != nil || f == nil {
		return err
	}
	_, err = s.apply(ctx, f, applied)
	return err
}

// believable refuses an import for validators whose present rows cannot be believed.
func (s *Store) believable(ctx context.Context, keys []messages.PublicKey) error {
	return s.visit(ctx, keys, func(t *task, _ *view) error {
		if t.err != nil {
			return fmt.Errorf("validator %v: %w", t.key, t.err)
		}
		return nil
	})
}

// apply takes the file in, key by key, from the one with this number on. It may be done again, and by several at once.
func (s *Store) apply(ctx context.Context, f *staged, from int) ([]eip3076.ImportedValidator, error) {
	reports := make([]eip3076.ImportedValidator, 0, len(f.keys))
	for some := range slices.Chunk(f.keys[from:], batchSize) {
		open := make([]*taking, len(some))
		err := each(ctx, len(some), func(ctx context.Context, i int) (err error) {
			open[i] = &taking{report: eip3076.ImportedValidator{Key: some[i]}}
			open[i].facts, err = s.facts(ctx, f, some[i])
			return err
		})
		if err != nil {
			return nil, err
		}
		if err := s.take(ctx, open); err != nil {
			return nil, err
		}
		for _, t := range open {
			reports = append(reports, t.report)
		}
		from += len(some)
		if err := s.progress(ctx, f, from); err != nil {
			return nil, err
		}
	}
	return reports, nil
}

// take takes the facts of several keys in, by as many writes for each as they need.
func (s *Store) take(ctx context.Context, all []*taking) error {
	byKey := make(map[messages.PublicKey]*taking, len(all))
	var keys []messages.PublicKey
	for _, t := range all {
		byKey[t.report.Key] = t
		keys = append(keys, t.report.Key)
	}
	for len(keys) > 0 {
		err := s.amend(ctx, keys, func(key messages.PublicKey) func(*view) error { return byKey[key].decide })
		if err != nil {
			return err
		}
		keys = slices.DeleteFunc(keys, func(key messages.PublicKey) bool { return !byKey[key].next() })
	}
	return nil
}
