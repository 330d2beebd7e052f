package state_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"containment-chamber/actors/state"
)

var remote = state.Remote{
	AttemptTimeout: time.Second,
	Transient:      func(err error) bool { return errors.Is(err, io.EOF) },
	Explain:        func(err error) error { return state.At("here", err) },
}

// register is a store of one record behind a network that loses requests, answers, or delivers a request late.
type register struct {
	kept state.Kept
	// wrote says who wrote each version.
	wrote map[uint64]state.Ticket
	late  []func()
}

func (g *register) swap(version uint64, ticket state.Ticket) state.Kept {
	if g.kept.Version == version-1 {
		g.kept = state.Kept{Version: version, Ticket: ticket}
		g.wrote[version] = ticket
	}
	return g.kept
}

// What is said of a write is true, whatever the network and other writers do, also of requests that arrive later.
func TestSwapNeverLies(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rapid.SyncTest(rt, func(rt *rapid.T) {
			g := &register{wrote: map[uint64]state.Ticket{}}
			rivals := byte(0)
			rival := func() {
				if rapid.Bool().Draw(rt, "rival") {
					rivals++
					g.swap(g.kept.Version+1, state.Ticket{rivals})
				}
			}
			rival()
			version := g.kept.Version + 1
			var ours state.Ticket
			lost := false
			err := remote.Write(context.Background(), state.Record{Name: state.Seal, Version: version, Body: []byte("x")},
				func(_ context.Context, _ state.Record, ticket state.Ticket) (state.Kept, error) {
					ours = ticket
					rival()
					switch rapid.IntRange(0, 3).Draw(rt, "network") {
					case 0:
						lost = true
						return state.Kept{}, io.EOF
					case 1:
						lost = true
						g.swap(version, ticket)
						return state.Kept{}, io.EOF
					case 2:
						lost = true
						g.late = append(g.late, func() { g.swap(version, ticket) })
						return state.Kept{}, io.EOF
					}
					return g.swap(version, ticket), nil
				})
			for _, arrive := range g.late {
				arrive()
			}
			written := g.wrote[version] == ours
			switch {
			case err == nil && !written:
				rt.Fatal("said to be done, and is not")
			case errors.Is(err, state.ErrConflict) && written:
				rt.Fatalf("said to be refused, and is done: %v", err)
			case errors.Is(err, state.ErrUnavailable) && !lost:
				rt.Fatalf("said to be unknown, and nothing was lost: %v", err)
			case err != nil && !errors.Is(err, state.ErrConflict) && !errors.Is(err, state.ErrUnavailable):
				rt.Fatalf("got %v", err)
			}
		})
	})
}

func TestCallStopsAtTheDeadline(t *testing.T) {
	for _, deadline := range []time.Duration{5 * time.Second, state.CallTimeout + time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), deadline)
			defer cancel()
			begin, tries := time.Now(), 0
			err := remote.Call(ctx, func(context.Context) error { tries++; return io.EOF })
			if took, want := time.Since(begin), min(deadline, state.CallTimeout); !errors.Is(err, io.EOF) || took != want || tries < 9 || tries > 25 {
				t.Errorf("%d tries in %v, want %v: %v", tries, took, want, err)
			}
		})
	}
}

// An attempt that hangs does not use up the time of the others.
func TestAttemptsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		err := remote.Call(t.Context(), func(ctx context.Context) error {
			if tries++; tries < 3 {
				<-ctx.Done()
				return io.EOF
			}
			return nil
		})
		if err != nil || tries != 3 {
			t.Errorf("%d tries: %v", tries, err)
		}
	})
}

func TestCallStopsAtWhatIsForGood(t *testing.T) {
	for _, final := range []error{io.ErrShortWrite, state.ErrConflict, state.ErrForeign, state.ErrNewer, state.ErrUnavailable} {
		tries := 0
		err := remote.Call(t.Context(), func(context.Context) error { tries++; return fmt.Errorf("%w: %w", final, io.ErrShortWrite) })
		if !errors.Is(err, final) || tries != 1 {
			t.Errorf("%d tries: %v", tries, err)
		}
	}
}

func TestWriteSaysWhatIsNotKnown(t *testing.T) {
	err := remote.Write(t.Context(), state.Record{Name: state.Seal, Version: 3, Body: []byte("x")},
		func(context.Context, state.Record, state.Ticket) (state.Kept, error) {
			return state.Kept{}, io.ErrShortWrite
		})
	if !errors.Is(err, io.ErrShortWrite) || !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), "writing seal version 3, which may have happened") {
		t.Errorf("got %v", err)
	}
}

func TestAt(t *testing.T) {
	if err := state.At("here", nil); err != nil {
		t.Errorf("nil: %v", err)
	}
	if err := state.At("here", io.EOF); !errors.Is(err, state.ErrUnavailable) || !errors.Is(err, io.EOF) || !strings.HasPrefix(err.Error(), "here: ") {
		t.Errorf("EOF: %v", err)
	}
	if err := state.At("here", state.ErrNewer); !errors.Is(err, state.ErrNewer) || errors.Is(err, state.ErrUnavailable) || !strings.HasPrefix(err.Error(), "here: ") {
		t.Errorf("newer: %v", err)
	}
}
