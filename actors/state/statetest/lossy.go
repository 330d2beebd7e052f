package statetest

import (
	"errors"
	"testing"

	"containment-chamber/actors/state"
)

// lostAnswers loses each answer of a write in turn. Nobody else writes, so it must come out as done, and be done once.
func (s Subject) lostAnswers(t *testing.T) {
	if s.Lossy == nil {
		t.Skip("it has no network to lose answers in")
	}
	opener, lose := s.Lossy(t)
	store := openFor(t, opener)
	version := uint64(0)
	for n := range s.Answers {
		version++
		lose(n)
		r := state.Record{Name: state.Seal, Version: version, Body: []byte{byte(n)}}
		write(t, store, r, nil)
		holds(t, store, r)
	}
}

// lossyRace lets writers compete while answers get lost.
func (s Subject) lossyRace(t *testing.T) {
	if s.Lossy == nil {
		t.Skip("it has no network to lose answers in")
	}
	opener, lose := s.Lossy(t)
	store := openFor(t, opener)
	for round := range 10 {
		version := read(t, store)[state.Seal].Version + 1
		lose(round)
		bodies, outcomes := race(store, version, 8)
		stored := read(t, store)[state.Seal]
		winners := 0
		for i, err := range outcomes {
			ours := stored.Version == version && string(stored.Body) == string(bodies[i])
			switch {
			case err == nil:
				winners++
				if !ours {
					t.Errorf("round %d: %q is said to be stored, but %q is", round, bodies[i], stored.Body)
				}
			case errors.Is(err, state.ErrConflict):
				if ours {
					t.Errorf("round %d: %q is said to be refused, but it is stored", round, bodies[i])
				}
			case !errors.Is(err, state.ErrUnavailable):
				t.Errorf("round %d: %v", round, err)
			}
		}
		if winners > 1 {
			t.Errorf("round %d: %d winners", round, winners)
		}
	}
}
