package sqlitefile_test

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/sqlitefile"
)

func TestOnlyTheOwnerMayRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c%20&d#é")
	private := func() {
		t.Helper()
		for _, name := range []string{path, path + "-wal", path + "-shm"} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", name, info, err)
			}
		}
	}
	db := open(t, config(path))
	private()
	db.Close()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, config(path))
	private()
}

func TestInPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	db := open(t, config(path))
	step := func(errs ...error) error {
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		_, err := db.Exec(t.Context(), "INSERT INTO things VALUES (NULL)")
		return err
	}
	if err := step(os.Rename(path, path+".away")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("gone: %v", err)
	}
	if err := step(os.WriteFile(path, []byte("x"), 0o600)); err == nil || !strings.Contains(err.Error(), "put the file back") {
		t.Errorf("replaced: %v", err)
	}
	if err := step(os.Rename(path+".away", path)); err != nil {
		t.Errorf("back: %v", err)
	}
}

func TestEmptiedFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.WriteFile(path+"-wal", []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlitefile.Claim(path, false); !errors.Is(err, sqlitefile.ErrEmptied) {
		t.Errorf("got %v", err)
	}
}

func TestNameNeverCreates(t *testing.T) {
	file, err := sqlitefile.Claim(filepath.Join(t.TempDir(), "x"), false)
	if err != nil {
		t.Fatal(err)
	}
	name, err := file.Name(url.Values{})
	if err != nil || !strings.HasPrefix(name, "file:/") || !strings.Contains(name, "mode=rw") {
		t.Errorf("%s, %v", name, err)
	}
}

func TestWritable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	file, err := sqlitefile.Claim(path, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Writable(); err != nil {
		t.Error(err)
	}
	if os.Geteuid() == 0 {
		t.Skip("root may write to every file")
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if err := file.Writable(); err == nil || !strings.Contains(err.Error(), "it can only be read") {
		t.Errorf("got %v", err)
	}
}
