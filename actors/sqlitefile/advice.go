package sqlitefile

import (
	"errors"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// Advice says what the owner of a file can do about an error of SQLite's, with a colon and a space behind; nothing about
// any other error.
func Advice(err error) string {
	switch codeOf(err) {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return "another process uses it, the signer or one of its tools: stop that first: "
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return "it is damaged or no SQLite database: put a backup in its place, or name another file: "
	case sqlite3.ErrReadonly:
		return "it can only be read: check how the volume is mounted and who owns the file: "
	case sqlite3.ErrCantOpen, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return "the signer may not open it: check the owner and the mode of the file and of its directory: "
	case sqlite3.ErrFull:
		return "the volume is full: make room: "
	case sqlite3.ErrIoErr:
		return "the volume failed: check the disk: "
	}
	return ""
}

// Reason says what is wrong, and what to do, without naming the file; "" when there is nothing to say.
func Reason(err error) string {
	for _, known := range []error{ErrEmptied, errDirectory, errIrregular, errReadOnly, errReplaced} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return strings.TrimSuffix(Advice(err), ": ")
}

// Damaged reports whether an error says that the file has lost what was in it.
func Damaged(err error) bool {
	return errors.Is(err, ErrEmptied) || isNoDatabase(err) || codeOf(err) == sqlite3.ErrCorrupt
}

func isNoDatabase(err error) bool { return codeOf(err) == sqlite3.ErrNotADB }

func isBusy(err error) bool {
	code := codeOf(err)
	return code == sqlite3.ErrBusy || code == sqlite3.ErrLocked
}

// codeOf is SQLite's code of an error, 0 for any other.
func codeOf(err error) sqlite3.ErrNo {
	var fault sqlite3.Error
	if errors.As(err, &fault) {
		return fault.Code
	}
	return 0
}
