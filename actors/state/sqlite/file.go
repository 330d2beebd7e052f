package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"

	"containment-chamber/actors/state"
)

var errReplaced = errors.New("the file was moved, replaced, emptied or deleted while it is in use: stop the signer and put the file back")

// claim makes sure that there is a regular file which only its owner can read. An existing file is not opened: closing
// it again would drop the lock of any other connection of this process (POSIX advisory locks).
func claim(path string) (os.FileInfo, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("the directory must exist and be writable by the signer: %w", err)
		}
		info, err = file.Stat()
		return info, errors.Join(err, file.Close())
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: it is a %s, name a file", state.ErrForeign, info.Mode().Type())
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 && info.Size() == 0 {
		return nil, errors.New("it is empty, but its log (the file with the suffix -wal) is not: put a backup in its place") // SQLite would delete the log
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, fmt.Errorf("others may read or write it, and that cannot be changed: %w", err)
		}
	}
	return info, nil
}

// connect opens the one connection, which takes the lock on the file with its first statement.
func connect(path string) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	options := url.Values{
		"mode":          {"rw"},
		"_busy_timeout": {"0"},
		"_locking_mode": {"EXCLUSIVE"},
		"_synchronous":  {"FULL"},
		"_txlock":       {"immediate"},
	}
	name := url.URL{Scheme: "file", OmitHost: true, Path: absolute, RawQuery: options.Encode()}
	db, err := sql.Open("sqlite3", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// inPlace notices that the file has another place or identity.
func (s *Store) inPlace() error {
	info, err := os.Stat(s.path)
	if err == nil && (!os.SameFile(info, s.file) || info.Size() == 0) {
		err = errReplaced
	}
	return err
}

// explain adds the file, what its owner can do, and the sentinel.
func (s *Store) explain(err error) error {
	var fault sqlite3.Error
	if errors.As(err, &fault) {
		switch fault.Code {
		case sqlite3.ErrNotADB:
			err = fmt.Errorf("%w: it is damaged or no SQLite database: name another file, or put a backup in its place: %w", state.ErrForeign, err)
		case sqlite3.ErrBusy, sqlite3.ErrLocked:
			err = fmt.Errorf("another process uses it, the signer or one of its tools: stop that first: %w", err)
		case sqlite3.ErrCorrupt:
			err = fmt.Errorf("it is damaged: put a backup in its place: %w", err)
		case sqlite3.ErrReadonly, sqlite3.ErrCantOpen, sqlite3.ErrPerm:
			err = fmt.Errorf("the signer cannot write it: check how the volume is mounted, and the owner of the file and its directory: %w", err)
		case sqlite3.ErrFull:
			err = fmt.Errorf("the volume is full: make room: %w", err)
		}
	}
	return state.At(s.path, err)
}
