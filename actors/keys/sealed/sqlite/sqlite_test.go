package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/keys/sealed/sealedtest"
	"containment-chamber/actors/keys/sealed/sqlite"
)

func opener(path string) sealedtest.Opener {
	return func(ctx context.Context) (sealed.Store, error) {
		store, err := sqlite.Open(ctx, path)
		if err != nil {
			return nil, err
		}
		return store, nil
	}
}

func fresh(t *testing.T) string { return filepath.Join(t.TempDir(), "keys.sqlite") }

// run runs statements, as somebody would by hand.
func run(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// prepared returns a place where somebody has run statements, after the store was made if it is to be.
func prepared(made bool, text string) func(*testing.T) sealedtest.Opener {
	return func(t *testing.T) sealedtest.Opener {
		path := fresh(t)
		if made {
			open(t, path).Close()
		}
		run(t, path, text)
		return opener(path)
	}
}

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func TestConformance(t *testing.T) {
	sealedtest.Run(t, sealedtest.Subject{
		Place: func(t *testing.T) sealedtest.Opener { return opener(fresh(t)) },
		Foreign: map[string]func(*testing.T) sealedtest.Opener{
			"another program": prepared(false, "CREATE TABLE keys (n INTEGER)"),
			"another part":    prepared(false, "PRAGMA application_id = 0x43437373; CREATE TABLE records (n INTEGER)"),
			"no database": func(t *testing.T) sealedtest.Opener {
				path := fresh(t)
				if err := os.WriteFile(path, []byte(strings.Repeat("no database\n", 100)), 0o600); err != nil {
					t.Fatal(err)
				}
				return opener(path)
			},
		},
		Newer: prepared(true, "PRAGMA user_version = 99"),
	})
}

// What is done by hand is noticed, and a row that breaks the rules hides no other.
func TestEditsByHand(t *testing.T) {
	path := fresh(t)
	store := open(t, path)
	rows := sealedtest.Rows(1, 2, 3, 4)
	if _, err := store.Add(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
	var at uint64
	check(t, store, &at, [2]int{4, 0})
	run(t, path, "DELETE FROM keys WHERE public_key = (SELECT max(public_key) FROM keys)")
	check(t, store, &at, [2]int{3, 0})
	run(t, path, "UPDATE keys SET status = 'inactive' WHERE public_key = (SELECT max(public_key) FROM keys)")
	check(t, store, &at, [2]int{3, 0})
	run(t, path, "PRAGMA ignore_check_constraints = ON; UPDATE keys SET status = 'asleep' WHERE public_key = (SELECT max(public_key) FROM keys)")
	check(t, store, &at, [2]int{2, 1})
	run(t, path, "PRAGMA ignore_check_constraints = ON; UPDATE keys SET public_key = x'0102' WHERE public_key = (SELECT min(public_key) FROM keys)")
	check(t, store, &at, [2]int{1, 2})
}

// check expects another revision than before, with so many rows and damaged rows.
func check(t *testing.T, store *sqlite.Store, at *uint64, want [2]int) {
	t.Helper()
	got, err := store.List(t.Context(), *at)
	if err != nil || len(got.Rows) != want[0] || len(got.Damaged) != want[1] || got.Revision == *at {
		t.Errorf("%d rows, %d damaged, revision %d: %v; want %v", len(got.Rows), len(got.Damaged), got.Revision, err, want)
	}
	*at = got.Revision
}
