package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// The duties that the tests of the chain hand in.
func foreignDuty() messages.KeyDuty {
	d := Block(Key(1), 1, 1)
	d.Duty.GenesisValidatorsRoot = messages.Root{1}
	return d
}

func chainlessDuty(operation messages.Operation) messages.KeyDuty {
	return messages.KeyDuty{Key: Key(1), Duty: messages.Duty{Operation: operation, Slot: 1}}
}

func revealDuty() messages.KeyDuty {
	return messages.KeyDuty{Key: Key(1), Duty: messages.Duty{Operation: messages.RandaoReveal, GenesisValidatorsRoot: chain, TargetEpoch: 1}}
}

func (s Subject) chain(t *testing.T) {
	t.Run("configured", s.configured)
	t.Run("pinned at first use", s.pinned)
	t.Run("asked without duties", func(t *testing.T) {
		recorded, err := open(t, s.Place(t)).Record(context.Background(), nil)
		if err != nil || recorded.GenesisValidatorsRoot != chain {
			t.Errorf("got %v, %v", recorded.GenesisValidatorsRoot, err)
		}
	})
}

func (s Subject) configured(t *testing.T) {
	verdicts := record(t, open(t, s.Place(t)), foreignDuty(), chainlessDuty(messages.BlockV2),
		chainlessDuty(messages.ValidatorRegistration), revealDuty(), Block(Key(1), 1, 1))
	for i, refused := range []bool{true, true, false, false, false} {
		if errors.Is(verdicts[i], messages.ErrWrongNetwork) != refused || (verdicts[i] != nil) != refused {
			t.Errorf("verdict %d: %v, should be refused: %v", i, verdicts[i], refused)
		}
	}
}

func (s Subject) pinned(t *testing.T) {
	opener := s.Place(t)
	store := with(t, opener, Opening{})
	for i, c := range []struct {
		duty  messages.KeyDuty
		root  messages.Root
		wrong bool
	}{
		{chainlessDuty(messages.ValidatorRegistration), messages.Root{}, false}, {revealDuty(), chain, false},
		{foreignDuty(), chain, true}, {Block(Key(1), 1, 1), chain, false},
	} {
		recorded, err := store.Record(context.Background(), []messages.KeyDuty{c.duty})
		if err != nil {
			t.Fatal(err)
		}
		if recorded.GenesisValidatorsRoot != c.root || errors.Is(recorded.Verdicts[0], messages.ErrWrongNetwork) != c.wrong {
			t.Errorf("duty %d: %v, root %v", i, recorded.Verdicts[0], recorded.GenesisValidatorsRoot)
		}
	}
	if s.Volatile {
		return
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := opener(Opening{GenesisValidatorsRoot: messages.Root{1}}); !errors.Is(err, messages.ErrWrongNetwork) {
		t.Errorf("opened for another chain: %v", err)
	}
}

func (s Subject) reopen(t *testing.T) {
	if s.Volatile {
		t.Skip("the history of this store ends with Close")
	}
	opener, how := s.Place(t), marked()
	how.GenesisValidatorsRoot = messages.Root{}
	reopen := func(act func(store eip3076.Store)) {
		store, err := opener(how)
		if err != nil {
			t.Fatal(err)
		}
		act(store)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
	reopen(func(store eip3076.Store) {
		record(t, store, Block(Key(1), 5, 1), Vote(Key(1), 1, 2, 1), Vote(Key(1), 3, 9, 1), Vote(Key(1), 3, 10, 1))
	})
	reopen(func(store eip3076.Store) {
		want(t, store, Block(Key(1), 5, 1), "")
		want(t, store, Block(Key(1), 5, 2), eip3076.RuleDoubleProposal)
		want(t, store, Block(Key(1), 4, 1), eip3076.RuleBelowWatermark)
		want(t, store, Vote(Key(1), 4, 8, 1), eip3076.RuleSurroundedVote)
		want(t, store, Vote(Key(1), 2, 11, 1), eip3076.RuleSurroundingVote)
		if _, err := store.SetWatermark(context.Background(), eip3076.Watermark{Slot: 50, Epoch: 50}); err != nil {
			t.Fatal(err)
		}
	})
	reopen(func(store eip3076.Store) {
		want(t, store, Block(Key(1), 50, 1), eip3076.RuleBelowWatermark)
		want(t, store, Vote(Key(1), 50, 50, 1), eip3076.RuleBelowWatermark)
		want(t, store, Vote(Key(1), 50, 51, 1), "")
	})
}

// concurrent lets many goroutines ask for different votes with the same target: one root may win for each target.
func (s Subject) concurrent(t *testing.T) {
	const goroutines, targets = 8, 10
	store := open(t, s.Place(t))
	var (
		wait    sync.WaitGroup
		allowed [targets]atomic.Int64
	)
	for g := range goroutines {
		wait.Go(func() {
			for target := range targets {
				recorded, err := store.Record(context.Background(), []messages.KeyDuty{Vote(Key(1), 0, uint64(target), byte(g))})
				if err != nil {
					t.Error(err)
					return
				}
				if recorded.Verdicts[0] == nil {
					allowed[target].Add(1)
				}
			}
		})
	}
	wait.Wait()
	for target := range targets {
		if n := allowed[target].Load(); n > 1 || target == targets-1 && n != 1 {
			t.Errorf("target %d was allowed %d times", target, n)
		}
	}
}

func (s Subject) closed(t *testing.T) {
	store := open(t, s.Place(t))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s.useless(t, store)
	if err := store.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func (s Subject) cancelled(t *testing.T) {
	store := open(t, s.Place(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := store.Record(ctx, []messages.KeyDuty{Block(Key(1), 1, 1)}); !errors.Is(err, messages.ErrStoreUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("record: %v", err)
	}
	want(t, store, Block(Key(1), 1, 2), "")
}

func (s Subject) broken(t *testing.T) {
	if s.Break == nil {
		t.Skip("there is no way to break this store")
	}
	store := open(t, s.Place(t))
	want(t, store, Block(Key(1), 1, 1), "")
	s.Break(t, store)
	s.useless(t, store)
}

// useless expects that a store neither records nor pretends to.
func (s Subject) useless(t *testing.T, store eip3076.Store) {
	t.Helper()
	for range 2 {
		recorded, err := store.Record(context.Background(), []messages.KeyDuty{Block(Key(1), 2, 1), Vote(Key(1), 1, 2, 1)})
		if !errors.Is(err, messages.ErrStoreUnavailable) || recorded.Verdicts != nil {
			t.Errorf("record: %v, %v", recorded.Verdicts, err)
		}
		if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("probe: %v", err)
		}
		if _, err := store.SetWatermark(context.Background(), eip3076.Watermark{Slot: 1}, Key(2)); !errors.Is(err, messages.ErrStoreUnavailable) {
			t.Errorf("watermark: %v", err)
		}
	}
}
