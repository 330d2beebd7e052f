package storetest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/messages"
)

// model returns the store that decides as the subject should.
func (s Subject) model() *memory.Store {
	return memory.Open(memory.Config{GenesisValidatorsRoot: chain, ForwardOnly: s.ForwardOnly})
}

// alike reports whether the subject may answer what it did where the model gives this verdict.
func (s Subject) alike(got, expected error) bool {
	if s.ForwardOnly { // which rule is found first depends on what is read
		return (got == nil) == (expected == nil)
	}
	return (got == nil) == (expected == nil) && eip3076.RuleOf(got) == eip3076.RuleOf(expected)
}

// place returns a place for stories that are written for the complete strategy. A store that only goes forward refuses
// more: it is compared with its model, step by step.
func (s Subject) place(t *testing.T) Opener {
	opener := s.Place(t)
	if !s.ForwardOnly {
		return opener
	}
	model := s.model()
	return func(o Opening) (eip3076.Store, error) {
		store, err := opener(o)
		if err != nil {
			return nil, err
		}
		return &forward{Store: store, subject: s, model: model}, nil
	}
}

// forward is a store that only goes forward, beside its model.
type forward struct {
	eip3076.Store
	subject Subject
	model   *memory.Store
}

// Record fails when the verdicts differ from the model's.
func (f *forward) Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error) {
	got, err := f.Store.Record(ctx, duties)
	if err != nil {
		return got, err
	}
	expected, err := f.model.Record(ctx, duties)
	for i := range got.Verdicts {
		if err == nil && !f.subject.alike(got.Verdicts[i], expected.Verdicts[i]) {
			err = fmt.Errorf("%s: %w, the model says %w", describe(duties[i]), got.Verdicts[i], expected.Verdicts[i])
		}
	}
	return got, err
}

// Import also imports into the model.
func (f *forward) Import(ctx context.Context, file io.Reader) (eip3076.ImportReport, error) {
	var text strings.Builder
	report, err := f.Store.Import(ctx, io.TeeReader(file, &text))
	if err == nil {
		_, err = f.model.Import(ctx, strings.NewReader(text.String()))
	}
	return report, err
}

// PruneNext also prunes the model.
func (f *forward) PruneNext(ctx context.Context, after messages.PublicKey, keep eip3076.Retention) (eip3076.PruneStep, error) {
	step, err := f.Store.PruneNext(ctx, after, keep)
	if err == nil {
		_, err = f.model.PruneNext(ctx, after, keep)
	}
	return step, err
}

// SetWatermark also raises the model's.
func (f *forward) SetWatermark(ctx context.Context, w eip3076.Watermark, keys ...messages.PublicKey) (int, error) {
	n, err := f.Store.SetWatermark(ctx, w, keys...)
	if err == nil {
		_, err = f.model.SetWatermark(ctx, w, keys...)
	}
	return n, err
}
