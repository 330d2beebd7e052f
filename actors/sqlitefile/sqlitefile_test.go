package sqlitefile_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"containment-chamber/actors/sqlitefile"
)

var (
	errForeign = errors.New("foreign")
	errNewer   = errors.New("newer")
)

func config(path string) sqlitefile.Config {
	return sqlitefile.Config{
		Path: path, ApplicationID: 0x43437465, Migrations: []string{"CREATE TABLE things (n INTEGER PRIMARY KEY) STRICT"},
		Foreign: errForeign, Newer: errNewer,
	}
}

func open(t *testing.T, cfg sqlitefile.Config) *sqlitefile.DB {
	t.Helper()
	db, err := sqlitefile.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func count(t *testing.T, db *sqlitefile.DB) (n int) {
	t.Helper()
	if err := db.Query(t.Context(), func(rows *sql.Rows) error { return rows.Scan(&n) }, "SELECT count(*) FROM things"); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpenSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	others, newer := config(filepath.Join(dir, "others")), config(filepath.Join(dir, "newer"))
	others.ApplicationID++
	open(t, others).Close()
	newer.Migrations = append(newer.Migrations, "CREATE TABLE more (n INTEGER)")
	open(t, newer).Close()
	absent := config(filepath.Join(dir, "absent"))
	absent.MustExist = true
	for _, test := range []struct {
		cfg    sqlitefile.Config
		want   error
		advice string
	}{
		{config(text), errForeign, "damaged or no SQLite database"},
		{config(dir), errForeign, "name a file in it"},
		{config(os.DevNull), errForeign, "not a regular file"},
		{config(others.Path), errForeign, "another part of this one"},
		{config(newer.Path), errNewer, "start the newer program"},
		{config(filepath.Join(dir, "none", "x")), os.ErrNotExist, "create the directory first"},
		{absent, os.ErrNotExist, ""},
	} {
		db, err := sqlitefile.Open(t.Context(), test.cfg)
		if db != nil || !errors.Is(err, test.want) || !strings.Contains(fmt.Sprint(err), test.advice) {
			t.Errorf("%s: %v", test.cfg.Path, err)
		}
	}
	if _, err := os.Stat(absent.Path); !errors.Is(err, os.ErrNotExist) {
		t.Error("a file was made that had to be there")
	}
}

// A file that was set up in part, as a crash leaves it, is set up to the end.
func TestCrashWhileItIsMade(t *testing.T) {
	cfg := config(filepath.Join(t.TempDir(), "x"))
	half := cfg
	half.ApplicationID, half.Migrations = 0, nil
	open(t, half).Close()
	if n := count(t, open(t, cfg)); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestMigrates(t *testing.T) {
	cfg := config(filepath.Join(t.TempDir(), "x"))
	db := open(t, cfg)
	if _, err := db.Exec(t.Context(), "INSERT INTO things VALUES (7)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	cfg.Migrations = append(cfg.Migrations, "ALTER TABLE things ADD COLUMN name TEXT")
	db = open(t, cfg)
	if changed, err := db.Exec(t.Context(), "UPDATE things SET name = 'seven' WHERE n = 7"); err != nil || changed != 1 {
		t.Errorf("%d rows, %v", changed, err)
	}
}

// Many processes open a file at once that is not there yet, and write to it.
func TestShared(t *testing.T) {
	cfg := config(filepath.Join(t.TempDir(), "x"))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			db, err := sqlitefile.Open(context.Background(), cfg)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			for j := range 5 {
				if _, err := db.Exec(context.Background(), "INSERT INTO things VALUES (?)", 100*i+j); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if n := count(t, open(t, cfg)); n != 40 {
		t.Errorf("%d rows", n)
	}
}

func TestTransactionIsAllOrNothing(t *testing.T) {
	db := open(t, config(filepath.Join(t.TempDir(), "x")))
	failed := errors.New("on purpose")
	err := db.Transact(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO things VALUES (1)"); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) || count(t, db) != 0 {
		t.Errorf("%v, %d rows", err, count(t, db))
	}
}
