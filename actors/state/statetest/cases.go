package statetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/state"
)

func (s Subject) versions(t *testing.T) {
	store := openFor(t, s.Place(t))
	if found := read(t, store); len(found) != 0 {
		t.Fatalf("new, and holds %v", found)
	}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for i, name := range state.Names() {
		for version := uint64(1); version <= uint64(i)+2; version++ {
			r := state.Record{Name: name, Version: version, Body: append(every, byte(version))}
			write(t, store, state.Record{Name: name, Version: version + 1, Body: []byte("too early")}, state.ErrConflict)
			write(t, store, r, nil)
			write(t, store, r, state.ErrConflict)
			holds(t, store, r)
		}
		write(t, store, state.Record{Name: name, Version: 1, Body: []byte("too late")}, state.ErrConflict)
		write(t, store, state.Record{Name: name, Version: math.MaxInt64, Body: []byte("never")}, state.ErrConflict)
	}
	for i, name := range state.Names() {
		holds(t, store, state.Record{Name: name, Version: uint64(i) + 2, Body: append(every, byte(i)+2)})
	}
}

func (s Subject) invalid(t *testing.T) {
	store := openFor(t, s.Place(t))
	body := bytes.Repeat([]byte{0xff}, state.MaxBody)
	write(t, store, state.Record{Name: state.Seal, Version: 1, Body: append(body, 0)}, state.ErrTooLarge)
	write(t, store, state.Record{Name: "chamber", Version: 1, Body: []byte("x")}, state.ErrInvalid)
	write(t, store, state.Record{Name: "", Version: 1, Body: []byte("x")}, state.ErrInvalid)
	write(t, store, state.Record{Name: state.Seal, Body: []byte("x")}, state.ErrInvalid)
	write(t, store, state.Record{Name: state.Seal, Version: math.MaxInt64 + 1, Body: []byte("x")}, state.ErrInvalid)
	write(t, store, state.Record{Name: state.Seal, Version: 1}, state.ErrInvalid)
	if found := read(t, store); len(found) != 0 {
		t.Fatalf("refused, and holds %v", found)
	}
	for _, name := range state.Names() { // all at their largest fit into one answer
		write(t, store, state.Record{Name: name, Version: 1, Body: body}, nil)
	}
	for _, name := range state.Names() {
		holds(t, store, state.Record{Name: name, Version: 1, Body: body})
	}
}

// race lets n writers write different bodies as one version, and returns what became of each.
func race(store state.Store, version uint64, n int) (bodies [][]byte, outcomes []error) {
	bodies, outcomes = make([][]byte, n), make([]error, n)
	done := make(chan struct{})
	for i := range n {
		bodies[i] = fmt.Appendf(nil, "version %d by %d", version, i)
		go func() {
			outcomes[i] = store.Write(context.Background(), state.Record{Name: state.Seal, Version: version, Body: bodies[i]})
			done <- struct{}{}
		}()
	}
	for range n {
		<-done
	}
	return bodies, outcomes
}

func (s Subject) oneWinner(t *testing.T) {
	store := openFor(t, s.Place(t))
	for version := uint64(1); version <= 3; version++ {
		winners := 0
		bodies, outcomes := race(store, version, 50)
		for i, err := range outcomes {
			switch {
			case err == nil:
				winners++
				holds(t, store, state.Record{Name: state.Seal, Version: version, Body: bodies[i]})
			case !errors.Is(err, state.ErrConflict):
				t.Errorf("version %d: %v", version, err)
			}
		}
		if winners != 1 {
			t.Fatalf("version %d: %d winners", version, winners)
		}
	}
}

func (s Subject) twoReplicas(t *testing.T) {
	opener := s.Place(t)
	a, b := openFor(t, opener), openFor(t, opener)
	for version := uint64(1); version < 6; version += 2 {
		write(t, a, state.Record{Name: state.Seal, Version: version, Body: []byte("a")}, nil)
		write(t, b, state.Record{Name: state.Seal, Version: version, Body: []byte("a")}, state.ErrConflict) // though it is alike
		holds(t, b, state.Record{Name: state.Seal, Version: version, Body: []byte("a")})
		write(t, b, state.Record{Name: state.Seal, Version: version + 1, Body: []byte("b")}, nil)
		holds(t, a, state.Record{Name: state.Seal, Version: version + 1, Body: []byte("b")})
	}
}

func (s Subject) reopen(t *testing.T) {
	opener := s.Place(t)
	r := state.Record{Name: state.Tokens, Version: 1, Body: []byte("kept")}
	first := open(t, opener)
	write(t, first, r, nil)
	shut(t, first)
	again := openFor(t, opener)
	holds(t, again, r)
	write(t, again, r, state.ErrConflict)
}

func (s Subject) cancelled(t *testing.T) {
	store := openFor(t, s.Place(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := store.Write(ctx, state.Record{Name: state.Seal, Version: 1, Body: []byte("x")}); !errors.Is(err, state.ErrUnavailable) {
		t.Errorf("write: %v", err)
	}
	if _, err := store.Read(ctx); !errors.Is(err, state.ErrUnavailable) {
		t.Errorf("read: %v", err)
	}
	write(t, store, state.Record{Name: state.Seal, Version: 1, Body: []byte("x")}, nil)
}

// random tells a store and a map the same story.
func (s Subject) random(t *testing.T) {
	opener := s.Place(t)
	store := open(t, opener)
	defer func() { shut(t, store) }()
	rapid.Check(t, func(rt *rapid.T) {
		model := read(rt, store) // what the stories before have left
		rt.Repeat(map[string]func(*rapid.T){
			"write": func(rt *rapid.T) {
				name := rapid.SampledFrom(state.Names()).Draw(rt, "name")
				next := model[name].Version + 1
				skew := rapid.Uint64Range(0, 4).Draw(rt, "skew")
				r := state.Record{Name: name, Version: max(1, next+skew-min(2, next-1)), Body: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(rt, "body")}
				if r.Version != next {
					write(rt, store, r, state.ErrConflict)
					return
				}
				write(rt, store, r, nil)
				model[name] = r
			},
			"reopen": func(rt *rapid.T) {
				shut(rt, store)
				store = open(rt, opener)
			},
			"": func(rt *rapid.T) {
				found := read(rt, store)
				if len(found) != len(model) {
					rt.Fatalf("%d records, want %d", len(found), len(model))
				}
				for name, want := range model {
					if got := found[name]; got.Version != want.Version || !bytes.Equal(got.Body, want.Body) {
						rt.Fatalf("got %v, want %v", got, want)
					}
				}
			},
		})
	})
}
