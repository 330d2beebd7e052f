package sqlitefile_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/mattn/go-sqlite3"

	"containment-chamber/actors/sqlitefile"
)

func TestAdvice(t *testing.T) {
	for _, code := range []sqlite3.ErrNo{
		sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrNotADB, sqlite3.ErrCorrupt, sqlite3.ErrReadonly, sqlite3.ErrCantOpen,
		sqlite3.ErrPerm, sqlite3.ErrAuth, sqlite3.ErrFull, sqlite3.ErrIoErr,
	} {
		if sqlitefile.Advice(fmt.Errorf("wrapped: %w", sqlite3.Error{Code: code})) == "" {
			t.Errorf("no advice on code %d", code)
		}
	}
	for _, err := range []error{nil, errors.New("of somebody else"), sqlite3.Error{Code: sqlite3.ErrConstraint}} {
		if got := sqlitefile.Advice(err); got != "" {
			t.Errorf("advice on %v: %q", err, got)
		}
	}
}

func TestDamaged(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{sqlite3.Error{Code: sqlite3.ErrCorrupt}, true}, {sqlite3.Error{Code: sqlite3.ErrNotADB}, true}, {sqlitefile.ErrEmptied, true},
		{sqlite3.Error{Code: sqlite3.ErrFull}, false}, {nil, false},
	} {
		if got := sqlitefile.Damaged(test.err); got != test.want {
			t.Errorf("%v: %v", test.err, got)
		}
	}
}

func TestReason(t *testing.T) {
	for want, err := range map[string]error{
		"the volume is full: make room": fmt.Errorf("private: %w", sqlite3.Error{Code: sqlite3.ErrFull}),
		sqlitefile.ErrEmptied.Error():   fmt.Errorf("private: %w", sqlitefile.ErrEmptied),
		"":                              errors.New("private"),
	} {
		if got := sqlitefile.Reason(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
