package sqlite_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/mattn/go-sqlite3"

	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/messages"
)

// A history that is lost can come from elsewhere; for what else is wrong, that would be bad advice.
func TestOnlyDamageLeadsToAnImport(t *testing.T) {
	for code, want := range map[sqlite3.ErrNo]bool{sqlite3.ErrCorrupt: true, sqlite3.ErrNotADB: true, sqlite3.ErrFull: false, sqlite3.ErrBusy: false} {
		err := sqlite.Unavailable("history.sqlite", sqlite3.Error{Code: code})
		if !errors.Is(err, messages.ErrStoreUnavailable) || strings.Contains(err.Error(), "import an interchange file") != want {
			t.Errorf("code %d: %v", code, err)
		}
	}
}
