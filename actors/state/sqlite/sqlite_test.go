package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/state"
	"containment-chamber/actors/state/sqlite"
	"containment-chamber/actors/state/statetest"
)

func opener(path string) statetest.Opener {
	return func(ctx context.Context) (state.Store, error) {
		store, err := sqlite.Open(ctx, path)
		if err != nil {
			return nil, err
		}
		return store, nil
	}
}

func fresh(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "state-")
	if err != nil {
		return filepath.Join(t.TempDir(), "state.sqlite")
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "state.sqlite")
}

// prepared returns a place where somebody has run a few statements.
func prepared(text string) func(t *testing.T) statetest.Opener {
	return func(t *testing.T) statetest.Opener {
		path := fresh(t)
		run(t, path, text)
		return opener(path)
	}
}

func run(t *testing.T, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	statetest.Run(t, statetest.Subject{
		Place: func(t *testing.T) statetest.Opener { return opener(fresh(t)) },
		Foreign: map[string]func(t *testing.T) statetest.Opener{
			"another program": prepared("CREATE TABLE records (name TEXT, version INTEGER, body BLOB)"),
			"another part":    prepared("PRAGMA application_id = 0x43437370; CREATE TABLE blocks (slot INTEGER)"),
			"no database": func(t *testing.T) statetest.Opener {
				path := fresh(t)
				if err := os.WriteFile(path, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
					t.Fatal(err)
				}
				return opener(path)
			},
			"a directory": func(t *testing.T) statetest.Opener { return opener(t.TempDir()) },
		},
		Newer: func(t *testing.T) statetest.Opener {
			path := fresh(t)
			store, err := sqlite.Open(context.Background(), path)
			if err != nil {
				t.Fatal(err)
			}
			if err := store.Close(); err != nil {
				t.Fatal(err)
			}
			run(t, path, "PRAGMA user_version = 99")
			return opener(path)
		},
	})
}

func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

var record = state.Record{Name: state.Seal, Version: 1, Body: []byte("sealed")}

func TestOnlyTheOwnerMayRead(t *testing.T) {
	path := fresh(t)
	store := open(t, path)
	if err := store.Write(context.Background(), record); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	store.Close()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("opened again: %v, %v", info, err)
	}
}

// What Write has acknowledged is in the files, as a crash at that moment would leave them.
func TestWrittenSurvivesACrash(t *testing.T) {
	path, crashed := fresh(t), fresh(t)
	if err := open(t, path).Write(context.Background(), record); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crashed+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := open(t, crashed).Read(context.Background())
	if err != nil || len(found) != 1 || string(found[0].Body) != "sealed" {
		t.Errorf("got %v, %v", found, err)
	}
}

func TestFileThatIsGoneIsNoticed(t *testing.T) {
	path := fresh(t)
	store := open(t, path)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := store.Write(context.Background(), record); !errors.Is(err, state.ErrUnavailable) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("gone: %v", err)
	}
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Write(context.Background(), record); !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), "moved, replaced, emptied or deleted") {
		t.Errorf("replaced: %v", err)
	}
	if _, err := store.Read(context.Background()); !errors.Is(err, state.ErrUnavailable) {
		t.Errorf("read: %v", err)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if err := store.Write(context.Background(), record); err != nil {
		t.Errorf("back: %v", err)
	}
}

func TestEmptiedFileIsRefused(t *testing.T) {
	path := fresh(t)
	if err := open(t, path).Write(context.Background(), record); err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	emptied := fresh(t)
	if err := errors.Join(os.WriteFile(emptied, nil, 0o600), os.WriteFile(emptied+"-wal", log, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(context.Background(), emptied); !errors.Is(err, state.ErrUnavailable) || !strings.Contains(err.Error(), "it is empty, but its log") {
		t.Errorf("got %v", err)
	}
}

func TestPathsNeedNoEscaping(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c%20&d#é.sqlite")
	open(t, path)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if _, err := sqlite.Open(context.Background(), filepath.Join(path, "state.sqlite")); !errors.Is(err, state.ErrUnavailable) {
		t.Errorf("beneath a file: %v", err)
	}
}
