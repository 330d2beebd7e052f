package sqlite_test

import (
	"testing"

	"github.com/mattn/go-sqlite3"

	"containment-chamber/actors/slashing/eip3076/sqlite"
)

func TestAdvice(t *testing.T) {
	for _, code := range []sqlite3.ErrNo{
		sqlite3.ErrBusy, sqlite3.ErrLocked, sqlite3.ErrNotADB, sqlite3.ErrCorrupt, sqlite3.ErrReadonly, sqlite3.ErrCantOpen,
		sqlite3.ErrPerm, sqlite3.ErrAuth, sqlite3.ErrFull, sqlite3.ErrIoErr,
	} {
		if sqlite.Advice(code) == "" {
			t.Errorf("no advice on code %d", code)
		}
	}
	if got := sqlite.Advice(sqlite3.ErrConstraint); got != "" {
		t.Errorf("advice on a bug: %q", got)
	}
}
