package sqlite_test

import (
	"context"
	"database/sql/driver"
	"os"
	"path/filepath"
	"testing"

	"github.com/mattn/go-sqlite3"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/slashing/eip3076/storetest"
)

// edit changes a file behind the store's back.
func edit(t *testing.T, path, text string) {
	t.Helper()
	c, err := (&sqlite3.SQLiteDriver{}).Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.(driver.ExecerContext).ExecContext(context.Background(), text, nil); err != nil {
		t.Fatal(err)
	}
}

func closed(t *testing.T) string {
	t.Helper()
	store, path := fresh(t)
	record(t, store, storetest.Block(storetest.Key(1), 1, 1))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestForeignFilesAreRefused(t *testing.T) {
	newer := closed(t)
	edit(t, newer, "PRAGMA user_version = 99")
	refused(t, sqlite.Config{Path: newer}, "its schema has version 99, this program knows up to 2: start the newer program")

	foreign := filepath.Join(t.TempDir(), "foreign.sqlite")
	edit(t, foreign, "CREATE TABLE cookies (name TEXT)")
	before, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	refused(t, sqlite.Config{Path: foreign}, "it belongs to another program")
	if after, err := os.ReadFile(foreign); err != nil || string(after) != string(before) {
		t.Errorf("the foreign file was changed: %v", err)
	}
}

func TestAnEmptyFileIsFilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "empty.sqlite")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := record(t, open(t, path), storetest.Block(storetest.Key(1), 1, 1)); err != nil {
		t.Error(err)
	}
}

func TestADamagedFileIsRefused(t *testing.T) {
	for name, damage := range map[string]func(content []byte) []byte{
		"cut short":   func(content []byte) []byte { return content[:len(content)/2] },
		"overwritten": func(content []byte) []byte { clear(content[4096:]); return content },
	} {
		path := closed(t)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, damage(content), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Log(name)
		refused(t, sqlite.Config{Path: path}, "it is damaged")
	}
}

func TestADamagedTableOfValidatorsIsRefused(t *testing.T) {
	for damage, want := range map[string]string{
		"UPDATE validators SET public_key = X'0102'": "its public key has 2 bytes",
		"UPDATE validators SET floor_slot = -1":      "CHECK constraint failed in validators",
	} {
		path := closed(t)
		edit(t, path, "PRAGMA ignore_check_constraints = ON; "+damage)
		refused(t, sqlite.Config{Path: path}, "it is damaged: put a backup in its place, or move it away and import an interchange file that is complete: ")
		refused(t, sqlite.Config{Path: path}, want)
	}
}

// A file of version 1 is as it was after the migration; its rows have no marks.
func TestAnOldFileIsMigrated(t *testing.T) {
	path := closed(t)
	edit(t, path, `PRAGMA user_version = 1;
ALTER TABLE validators DROP COLUMN scheme; ALTER TABLE validators DROP COLUMN mac;
ALTER TABLE blocks DROP COLUMN mac; ALTER TABLE attestations DROP COLUMN mac`)
	store := open(t, path)
	if err := record(t, store, storetest.Block(storetest.Key(1), 1, 1)); err != nil {
		t.Errorf("a repeat: %v", err)
	}
	if err := record(t, store, storetest.Block(storetest.Key(1), 1, 2)); eip3076.RuleOf(err) != eip3076.RuleDoubleProposal {
		t.Errorf("a conflict: %v", err)
	}
	if report, err := store.Verify(context.Background()); err != nil || len(report.Findings) != 0 || report.Blocks != 1 {
		t.Errorf("%+v, %v", report, err)
	}
}
