package dynamodb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// batchSize is how many validators are worked on at once where all of them are: their histories are in memory together.
const batchSize = 32

// history is what the rows say, in ascending order of slot and target.
func (r rows) history() eip3076.Rows {
	slices.SortStableFunc(r.blocks, func(a, b eip3076.Block) int { return cmp.Compare(a.Slot, b.Slot) })
	slices.SortStableFunc(r.votes, func(a, b eip3076.Attestation) int { return cmp.Compare(a.Target, b.Target) })
	return eip3076.Rows{Blocks: list(r.blocks), Attestations: list(r.votes)}
}

func list[T any](rows []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// whole is errUnread as long as rows were not read.
func (v *view) whole() error {
	if _, more := v.unread(); more {
		return errUnread
	}
	return nil
}

// visit calls f with the whole history of each key, and with why it cannot be believed. It reads some of them at once.
func (s *Store) visit(ctx context.Context, keys []messages.PublicKey, f func(*task, *view) error) error {
	for some := range slices.Chunk(keys, batchSize) {
		tasks, views := make([]*task, len(some)), make([]*view, len(some))
		for i, key := range some {
			tasks[i] = &task{key: key, decide: func(v *view) error {
				views[i] = v
				return v.whole()
			}}
		}
		clear(s.known) // it is read anew in any case, and there may be more than fits into memory
		if err := s.settle(ctx, tasks); err != nil {
			return err
		}
		clear(s.known)
		for i, t := range tasks {
			if err := f(t, views[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// Export implements [eip3076.Exchanger]. Each validator's history is written as it was at one moment.
func (s *Store) Export(ctx context.Context, file io.Writer, keys ...messages.PublicKey) error {
	return s.work(ctx, func() error {
		if err := s.learnChain(ctx); err != nil {
			return err
		}
		if s.chain.IsZero() {
			return eip3076.ErrNoChain
		}
		keys, err := s.selected(ctx, keys)
		if err != nil {
			return err
		}
		out := eip3076.NewEncoder(file, s.chain)
		err = s.visit(ctx, keys, func(t *task, v *view) error {
			if t.err != nil {
				return fmt.Errorf("validator %v: %w", t.key, t.err)
			}
			if !t.entry.stored {
				return nil
			}
			all := v.all().history()
			return out.History(t.key, v.Low, all.Blocks, all.Attestations)
		})
		if err != nil {
			return err
		}
		return out.Close()
	})
}

// Verify implements [eip3076.Maintainer].
func (s *Store) Verify(ctx context.Context) (eip3076.VerifyReport, error) {
	var report eip3076.VerifyReport
	err := s.work(ctx, func() error {
		if err := s.learnChain(ctx); err != nil {
			return err
		}
		keys, err := s.keys(ctx)
		if err != nil {
			return err
		}
		report.GenesisValidatorsRoot, report.Validators = s.chain, len(keys)
		return s.visit(ctx, keys, func(t *task, v *view) error {
			switch {
			case t.err != nil:
				report.Found(t.key, t.err)
			case !t.entry.stored:
				report.Found(t.key, errors.New("its head is gone, and its history with it: put a backup in its place"))
			default:
				return report.Validator(t.key, v.Summary, nil, v.all().history())
			}
			return nil
		})
	})
	if err != nil {
		return eip3076.VerifyReport{}, err
	}
	return report, nil
}
