package eip3076

import (
	"bytes"
	"context"
	"slices"

	"containment-chamber/messages"
)

// InOrder returns the keys once each in ascending order, which is that of every walk.
func InOrder(keys []messages.PublicKey) []messages.PublicKey {
	return slices.Compact(slices.SortedFunc(slices.Values(keys), compareKeys))
}

func compareKeys(a, b messages.PublicKey) int { return bytes.Compare(a[:], b[:]) }

// Step is what one step of a walk through all validators has met.
type Step struct {
	// Key is the validator's: the next step comes after it. At the End there is none, and no next step.
	Key messages.PublicKey
	End bool
	// Refused is the [RowError] of a validator that was left as it is.
	Refused error
}

// StepAfter goes to the first of some keys in ascending order that follows after.
func StepAfter(ordered []messages.PublicKey, after messages.PublicKey) Step {
	next, found := slices.BinarySearchFunc(ordered, after, compareKeys)
	if found {
		next++
	}
	if next == len(ordered) {
		return Step{End: true}
	}
	return Step{Key: ordered[next]}
}

// PruneStep is the answer of [Recorder.PruneNext].
type PruneStep struct {
	Step
	PruneReport
}

// PruneReport counts what pruning deleted.
type PruneReport struct{ Blocks, Attestations int }

// PruneAll prunes every validator, each in a step of its own, so that signing can go on between them. The report counts
// what was deleted until an error ended the walk; refused is called for each validator that was left as it is.
func PruneAll(ctx context.Context, store Recorder, keep Retention, refused func(Finding)) (PruneReport, error) {
	var (
		report PruneReport
		at     messages.PublicKey
	)
	for {
		step, err := store.PruneNext(ctx, at, keep)
		if err != nil || step.End {
			return report, err
		}
		at = step.Key
		if step.Refused != nil {
			refused(Finding{Key: step.Key, Err: step.Refused})
		}
		report.Blocks += step.Blocks
		report.Attestations += step.Attestations
	}
}

// RekeyStep is the answer of [Maintainer.RekeyNext]. Rows counts the rows that have another mark now, the head included.
type RekeyStep struct {
	Step
	Rows int
}

// RekeyAll marks the rows of every validator anew and calls each with every step but the End. Whatever interrupts it, it
// can be done again from the start: rows that have the new mark are left alone.
func RekeyAll(ctx context.Context, store Maintainer, how Rekeying, each func(RekeyStep)) error {
	var at messages.PublicKey
	for {
		step, err := store.RekeyNext(ctx, at, how)
		if err != nil || step.End {
			return err
		}
		at = step.Key
		each(step)
	}
}
