package state_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"containment-chamber/actors/state"
)

func TestCheck(t *testing.T) {
	for name, test := range map[string]struct {
		record state.Record
		want   error
	}{
		"good":      {state.Record{Name: state.Seal, Version: 1, Body: []byte{0}}, nil},
		"largest":   {state.Record{Name: state.Tokens, Version: math.MaxInt64, Body: make([]byte, state.MaxBody)}, nil},
		"name":      {state.Record{Name: "keys", Version: 1, Body: []byte{0}}, state.ErrInvalid},
		"version 0": {state.Record{Name: state.Seal, Body: []byte{0}}, state.ErrInvalid},
		"version":   {state.Record{Name: state.Seal, Version: math.MaxInt64 + 1, Body: []byte{0}}, state.ErrInvalid},
		"empty":     {state.Record{Name: state.Seal, Version: 1}, state.ErrInvalid},
		"large":     {state.Record{Name: state.Seal, Version: 1, Body: make([]byte, state.MaxBody+1)}, state.ErrTooLarge},
	} {
		if err := state.Check(test.record); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestNamesAreInOrder(t *testing.T) {
	if !slices.IsSorted(state.Names()) {
		t.Errorf("%v", state.Names())
	}
	for _, name := range state.Names() {
		if !state.Known(name) {
			t.Errorf("%s is not known", name)
		}
	}
}
