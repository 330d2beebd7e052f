// Package statetest is the conformance suite of the port [state.Store]: whoever implements the port runs [Run] in a test,
// and passes.
//
// # Decisions
//
// The suite asks for what is promised, and for nothing about a store's tables or files; tests of those belong to the store.
// What a lost answer may lead to is checked by its truth: a write that is said to be done is stored, one that is said to
// be refused is not, at most one of several is done, and of the rest nothing is claimed.
package statetest

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"containment-chamber/actors/state"
)

// Opener opens the store at one place.
type Opener func(context.Context) (state.Store, error)

// Subject is a store to test.
type Subject struct {
	// Place makes a new, empty place for a store.
	Place func(t *testing.T) Opener
	// Lossy makes a new, empty place, and a function that makes it lose the answer after so many more. It is nil for a
	// store without a network. Answers is the number of answers to one write.
	Lossy   func(t *testing.T) (Opener, func(after int))
	Answers int
	// Foreign makes places that hold something else, by name.
	Foreign map[string]func(t *testing.T) Opener
	// Newer makes a place that a newer program has used.
	Newer func(t *testing.T) Opener
}

// Run tests one implementation.
func Run(t *testing.T, s Subject) {
	t.Run("versions", s.versions)
	t.Run("invalid records", s.invalid)
	t.Run("one winner", s.oneWinner)
	t.Run("two replicas", s.twoReplicas)
	t.Run("reopen", s.reopen)
	t.Run("cancelled", s.cancelled)
	t.Run("random", s.random)
	t.Run("lost answers", s.lostAnswers)
	t.Run("lossy race", s.lossyRace)
	for name, place := range s.Foreign {
		t.Run("foreign: "+name, func(t *testing.T) { refused(t, place(t), state.ErrForeign) })
	}
	t.Run("newer", func(t *testing.T) { refused(t, s.Newer(t), state.ErrNewer) })
}

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func open(t failer, opener Opener) state.Store {
	t.Helper()
	store, err := opener(context.Background())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return store
}

// openFor opens a store that is closed at the end of the test.
func openFor(t *testing.T, opener Opener) state.Store {
	t.Helper()
	store := open(t, opener)
	t.Cleanup(func() { shut(t, store) })
	return store
}

func shut(t failer, store state.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

// refused expects that a place cannot be opened, twice: the first attempt must leave nothing behind.
func refused(t *testing.T, opener Opener, want error) {
	t.Helper()
	for range 2 {
		store, err := opener(context.Background())
		if err == nil {
			shut(t, store)
		}
		if !errors.Is(err, want) {
			t.Fatalf("got %v, want %v", err, want)
		}
	}
}

func read(t failer, store state.Store) map[string]state.Record {
	t.Helper()
	records, err := store.Read(context.Background())
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	found := map[string]state.Record{}
	last := ""
	for _, r := range records {
		if r.Name <= last {
			t.Fatalf("%s comes after %s", r.Name, last)
		}
		last = r.Name
		found[r.Name] = r
	}
	return found
}

// write expects an outcome; nil for success.
func write(t failer, store state.Store, r state.Record, want error) {
	t.Helper()
	if err := store.Write(context.Background(), r); !errors.Is(err, want) {
		t.Fatalf("write %s version %d: got %v, want %v", r.Name, r.Version, err, want)
	}
}

// holds expects one record.
func holds(t failer, store state.Store, want state.Record) {
	t.Helper()
	got, ok := read(t, store)[want.Name]
	if !ok || got.Version != want.Version || !bytes.Equal(got.Body, want.Body) {
		t.Fatalf("got %s version %d (%d bytes), want version %d (%d bytes)", want.Name, got.Version, len(got.Body), want.Version, len(want.Body))
	}
}
