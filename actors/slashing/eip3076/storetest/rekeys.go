package storetest

import (
	"context"
	"errors"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// rekeys marks stores anew, from one key to another and from none to one and back.
func (s Subject) rekeys(t *testing.T) {
	for name, c := range map[string]struct {
		first, then byte
		how         eip3076.Rekeying
		refused     bool
	}{
		"first key":                 {0, 2, eip3076.Rekeying{AcceptUnmarked: true}, false},
		"unmarked, not accepted":    {0, 2, eip3076.Rekeying{}, true},
		"another key":               {1, 2, eip3076.Rekeying{Old: *Marks(1)}, false},
		"not the old key":           {1, 2, eip3076.Rekeying{Old: *Marks(3), AcceptUnmarked: true}, true},
		"no old key":                {1, 2, eip3076.Rekeying{AcceptUnmarked: true}, true},
		"no key any more":           {1, 0, eip3076.Rekeying{Old: *Marks(1)}, false},
		"nothing to do":             {2, 2, eip3076.Rekeying{}, false},
		"an old key, none in store": {0, 2, eip3076.Rekeying{Old: *Marks(1)}, true},
	} {
		t.Run(name, func(t *testing.T) {
			store := s.session(t, c.first)
			record(t, store, Block(Key(1), 5, 1), Block(Key(1), 6, 1), Vote(Key(1), 1, 2, 1), Vote(Key(2), 1, 2, 1))
			store.again(c.then, nothing)
			rows, refused := rekeyed(t, store, c.how)
			if (refused == 2) != c.refused || refused == 1 || !c.refused && (rows == 6) != (c.first != c.then) {
				t.Errorf("%d rows, %d validators refused", rows, refused)
			}
			if c.refused {
				return
			}
			want(t, store, Block(Key(1), 5, 1), "")
			want(t, store, Vote(Key(2), 1, 2, 2), eip3076.RuleDoubleVote)
			want(t, store, Block(Key(1), 7, 1), "")
			if rows, refused := rekeyed(t, store, c.how); rows != 0 || refused != 0 {
				t.Errorf("again: %d rows, %d refused", rows, refused)
			}
		})
	}
	t.Run("row by row", s.rekeyRefusesTheDamaged)
}

// rekeyed returns how many rows were marked anew, and how many validators were not.
func rekeyed(t *testing.T, store eip3076.Store, how eip3076.Rekeying) (rows, refused int) {
	t.Helper()
	err := eip3076.RekeyAll(context.Background(), store, how, func(step eip3076.RekeyStep) {
		rows += step.Rows
		if step.Refused != nil {
			refused++
			if !errors.Is(step.Refused, messages.ErrRowRefused) {
				t.Errorf("refused with %v", step.Refused)
			}
		}
	})
	if err != nil {
		t.Fatalf("rekey: %v", err)
	}
	return rows, refused
}

// rekeyRefusesTheDamaged expects that a validator with one row that is not genuine stays as it is, and others do not.
func (s Subject) rekeyRefusesTheDamaged(t *testing.T) {
	if s.Damage == nil {
		t.Skip("there is no way to damage this store")
	}
	store := s.session(t, 1)
	record(t, store, Block(Key(1), 5, 1), Block(Key(1), 6, 1), Block(Key(2), 5, 1))
	s.Damage(t, store.Store, Damage{Harm: Edited, Kind: eip3076.RowBlock, Key: Key(1), At: 5})
	store.again(2, nothing)
	rows, refused := rekeyed(t, store, eip3076.Rekeying{Old: *Marks(1), AcceptUnmarked: true})
	if rows != 2 || refused != 1 {
		t.Errorf("%d rows, %d refused", rows, refused)
	}
	want(t, store, Block(Key(2), 6, 1), "")
	store.refused(Block(Key(1), 7, 1), eip3076.ReasonMismatch)
}
