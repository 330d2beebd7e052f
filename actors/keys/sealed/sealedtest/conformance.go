package sealedtest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"containment-chamber/actors/keys/sealed"
)

// Opener opens the store at one place.
type Opener func(context.Context) (sealed.Store, error)

// Subject is a store to test.
type Subject struct {
	// Place makes a new, empty place for a store.
	Place func(t *testing.T) Opener
	// Foreign makes places that hold something else, by name.
	Foreign map[string]func(t *testing.T) Opener
	// Newer makes a place that a newer program has used.
	Newer func(t *testing.T) Opener
}

// Run tests one implementation.
func Run(t *testing.T, s Subject) {
	t.Run("what is added is listed", s.lists)
	t.Run("what is there stays", s.duplicates)
	t.Run("the revision tells changes", s.revisions)
	t.Run("two processes", s.shares)
	t.Run("cancelled", s.cancelled)
	for name, place := range s.Foreign {
		t.Run("foreign: "+name, func(t *testing.T) { refused(t, place(t), sealed.ErrForeign) })
	}
	t.Run("newer", func(t *testing.T) { refused(t, s.Newer(t), sealed.ErrNewer) })
}

func refused(t *testing.T, opener Opener, want error) {
	t.Helper()
	if store, err := opener(t.Context()); !errors.Is(err, want) {
		t.Errorf("opened %v, %v; want %v", store, err, want)
	}
}

func open(t *testing.T, opener Opener) sealed.Store {
	t.Helper()
	store, err := opener(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func list(t *testing.T, store sealed.Store, known uint64) sealed.Listing {
	t.Helper()
	listing, err := store.List(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	return listing
}

func add(t *testing.T, store sealed.Store, rows ...sealed.Row) []bool {
	t.Helper()
	added, err := store.Add(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func same(a, b sealed.Row) bool {
	return a.PublicKey == b.PublicKey && a.ChamberID == b.ChamberID && a.Status == b.Status && a.Canary == b.Canary &&
		a.Created.Equal(b.Created) && a.Changed.Equal(b.Changed) && bytes.Equal(a.Sealed, b.Sealed)
}

func (s Subject) lists(t *testing.T) {
	opener := s.Place(t)
	store := open(t, opener)
	if empty := list(t, store, 0); len(empty.Rows) != 0 || empty.Revision == 0 {
		t.Errorf("at first %+v", empty)
	}
	rows := []sealed.Row{
		Row(1, sealed.Attributes{Status: sealed.Active}), Row(2, sealed.Attributes{Status: sealed.Inactive}),
		Row(3, sealed.Attributes{Status: sealed.Active, Canary: true}), Row(4, sealed.Attributes{Status: sealed.Inactive, Canary: true}),
	}
	if added := add(t, store, rows...); slices.Contains(added, false) || len(added) != len(rows) {
		t.Errorf("added %v", added)
	}
	slices.SortFunc(rows, func(a, b sealed.Row) int { return bytes.Compare(a.PublicKey[:], b.PublicKey[:]) })
	for _, at := range []sealed.Store{store, open(t, opener)} {
		if got := list(t, at, 0); !slices.EqualFunc(got.Rows, rows, same) || len(got.Damaged) > 0 {
			t.Errorf("%+v, want %+v", got.Rows, rows)
		}
	}
}

func (s Subject) duplicates(t *testing.T) {
	store := open(t, s.Place(t))
	first, again := Row(1, sealed.Attributes{Status: sealed.Active}), Row(1, sealed.Attributes{Status: sealed.Inactive})
	if added := add(t, store, first, again, Row(2, sealed.Attributes{Status: sealed.Active})); !slices.Equal(added, []bool{true, false, true}) {
		t.Errorf("added %v", added)
	}
	if added := add(t, store, again); !slices.Equal(added, []bool{false}) {
		t.Errorf("added %v", added)
	}
	got := list(t, store, 0)
	if i := slices.IndexFunc(got.Rows, func(r sealed.Row) bool { return same(r, first) }); i < 0 || len(got.Rows) != 2 {
		t.Errorf("%+v", got.Rows)
	}
}

func (s Subject) revisions(t *testing.T) {
	store := open(t, s.Place(t))
	at := list(t, store, 0).Revision
	for i := range 3 {
		if quiet := list(t, store, at); quiet.Revision != at || quiet.Rows != nil {
			t.Errorf("nothing has changed: %+v", quiet)
		}
		add(t, store, Rows(i)...)
		changed := list(t, store, at)
		if changed.Revision == at || len(changed.Rows) != i+1 {
			t.Errorf("a row was added: %+v", changed)
		}
		at = changed.Revision
	}
	if all := list(t, store, 0); all.Revision != at || len(all.Rows) != 3 {
		t.Errorf("%+v", all)
	}
}

// Of two that add the same keys at the same time, each key is added by one.
func (s Subject) shares(t *testing.T) {
	const keys = 20
	opener := s.Place(t)
	a, b := open(t, opener), open(t, opener)
	var group sync.WaitGroup
	var mine [2][]bool
	for who, store := range []sealed.Store{a, b} {
		group.Go(func() {
			for n := range keys {
				added, err := store.Add(context.Background(), Rows(n))
				if err != nil {
					t.Error(err)
					return
				}
				mine[who] = append(mine[who], added...)
			}
		})
	}
	group.Wait()
	for n := range mine[0] {
		if len(mine[1]) != keys || mine[0][n] == mine[1][n] {
			t.Fatalf("added %v and %v", mine[0], mine[1])
		}
	}
	if got := list(t, a, 0); len(got.Rows) != keys {
		t.Errorf("%d rows", len(got.Rows))
	}
}

func (s Subject) cancelled(t *testing.T) {
	store := open(t, s.Place(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.List(ctx, 0); !errors.Is(err, sealed.ErrUnavailable) {
		t.Errorf("list: %v", err)
	}
	if _, err := store.Add(ctx, Rows(1)); !errors.Is(err, sealed.ErrUnavailable) {
		t.Errorf("add: %v", err)
	}
	if got := list(t, store, 0); len(got.Rows) > 0 {
		t.Errorf("%+v", got)
	}
}
