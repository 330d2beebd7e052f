package storetest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func (s Subject) imports(t *testing.T) {
	t.Run("is atomic", s.importIsAtomic)
	t.Run("reports", s.importReports)
	t.Run("what contradicts a signature forbids to repeat it", s.importContradicts)
	t.Run("both of two conflicting votes count", s.importKeepsRivals)
	t.Run("the first import raises the watermark of what was signed before", s.importRaises)
	t.Run("backward votes", s.importBackward)
	t.Run("what contradicts a pruned row cannot be repeated", s.importAfterPruning)
}

func (s Subject) importIsAtomic(t *testing.T) {
	store := open(t, s.Place(t))
	good := File(Key(1), `{"slot": "5"}`, `{"source_epoch": "1", "target_epoch": "2"}`)
	for name, c := range map[string]struct {
		file string
		err  error
	}{
		"cut short":     {good[:len(good)-3], messages.ErrMalformed},
		"bad last row":  {File(Key(1), `{"slot": "5"}, {"slot": "x"}`, ""), messages.ErrMalformed},
		"other chain":   {strings.ReplaceAll(good, chain.String(), messages.Root{9}.String()), messages.ErrWrongNetwork},
		"other version": {strings.ReplaceAll(good, `"5", "g`, `"4", "g`), messages.ErrMalformed},
	} {
		if _, err := store.Import(context.Background(), strings.NewReader(c.file)); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := store.Import(context.Background(), io.MultiReader(strings.NewReader(good[:150]), failing{})); !errors.Is(err, errUnreadable) {
		t.Errorf("unreadable: %v", err)
	}
	want(t, store, Block(Key(1), 5, 1), "")
	want(t, store, Vote(Key(1), 0, 1, 1), "")
}

func (s Subject) importReports(t *testing.T) {
	store := open(t, s.Place(t))
	record(t, store, Block(Key(1), 7, 1))
	file := File(Key(1), `{"slot": "7", "signing_root": "`+messages.Root{31: 1}.String()+`"}, {"slot": "8"}`,
		`{"source_epoch": "3", "target_epoch": "4"}, {"source_epoch": "2", "target_epoch": "5"}, {"source_epoch": "2", "target_epoch": "5"}`)
	got := imported(t, store, file).Validators
	low := eip3076.Floor{Slot: 8, Source: 2, Target: 5}
	if len(got) != 1 || got[0] != (eip3076.ImportedValidator{Key: Key(1), Blocks: 1, Attestations: 2, Present: 2, Slashable: 1, Low: low}) {
		t.Errorf("got %+v", got)
	}
	got = imported(t, store, file).Validators
	if got[0] != (eip3076.ImportedValidator{Key: Key(1), Present: 5, Slashable: 1, Low: low}) {
		t.Errorf("again: %+v", got)
	}
}

func (s Subject) importContradicts(t *testing.T) {
	store := open(t, s.Place(t))
	record(t, store, Block(Key(1), 7, 1), Vote(Key(1), 3, 4, 1), Vote(Key(1), 4, 9, 1))
	imported(t, store, File(Key(1), `{"slot": "7"}`, `{"source_epoch": "1", "target_epoch": "4"}, {"source_epoch": "5", "target_epoch": "8"}`))
	want(t, store, Block(Key(1), 7, 1), eip3076.RuleDoubleProposal)
	want(t, store, Vote(Key(1), 3, 4, 1), eip3076.RuleDoubleVote)
	want(t, store, Vote(Key(1), 4, 9, 1), eip3076.RuleSurroundingVote)
}

func (s Subject) importKeepsRivals(t *testing.T) {
	store := open(t, s.Place(t))
	imported(t, store, File(Key(1), "", `{"source_epoch": "0", "target_epoch": "1"}, {"source_epoch": "2", "target_epoch": "10"}, {"source_epoch": "5", "target_epoch": "10"}`))
	want(t, store, Vote(Key(1), 4, 11, 1), eip3076.RuleSurroundingVote)
	want(t, store, Vote(Key(1), 3, 9, 1), eip3076.RuleSurroundedVote)
	want(t, store, Vote(Key(1), 5, 11, 1), "")
}

func (s Subject) importRaises(t *testing.T) {
	store := open(t, s.Place(t))
	record(t, store, Block(Key(1), 10, 1), Vote(Key(1), 1, 2, 1), Block(Key(1), 30, 1), Vote(Key(1), 8, 9, 1))
	imported(t, store, File(Key(1), `{"slot": "20"}`, `{"source_epoch": "4", "target_epoch": "5"}`))
	want(t, store, Block(Key(1), 15, 1), eip3076.RuleBelowWatermark)
	want(t, store, Block(Key(1), 10, 1), "")
	want(t, store, Vote(Key(1), 3, 7, 1), eip3076.RuleSurroundingVote)
	want(t, store, Vote(Key(1), 3, 3, 1), eip3076.RuleBelowWatermark)
	want(t, store, Vote(Key(1), 1, 2, 1), "")
}

func (s Subject) importBackward(t *testing.T) {
	store := open(t, s.Place(t))
	imported(t, store, File(Key(1), "", `{"source_epoch": "0", "target_epoch": "1"}, {"source_epoch": "9", "target_epoch": "2"}`))
	want(t, store, Vote(Key(1), 4, 5, 1), eip3076.RuleSurroundingVote)
	want(t, store, Vote(Key(1), 8, 12, 1), eip3076.RuleSurroundingVote)
	want(t, store, Vote(Key(1), 9, 12, 1), "")
}

func (s Subject) importAfterPruning(t *testing.T) {
	store := open(t, s.Place(t))
	record(t, store, Block(Key(1), 1, 1), Block(Key(1), 9, 1), Vote(Key(1), 3, 4, 1), Vote(Key(1), 8, 20, 1))
	root := messages.Root{31: 2}.String()
	imported(t, store, File(Key(2), "", `{"source_epoch": "2", "target_epoch": "5", "signing_root": "`+root+`"},
		{"source_epoch": "1", "target_epoch": "7", "signing_root": "`+root+`"}`))
	pruned(t, store, eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1})
	imported(t, store, File(Key(1), `{"slot": "1", "signing_root": "`+root+`"}`, `{"source_epoch": "2", "target_epoch": "21", "signing_root": "`+root+`"}`))
	want(t, store, Block(Key(1), 1, 2), eip3076.RuleDoubleProposal)
	want(t, store, Vote(Key(1), 2, 21, 2), eip3076.RuleDoubleVote)
	want(t, store, Vote(Key(2), 1, 7, 2), eip3076.RuleDoubleVote)
}

var errUnreadable = errors.New("unreadable")

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errUnreadable }
