package sqlite

import (
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"

	"containment-chamber/messages"
)

// unavailable wraps an error of storage in the sentinel, with the file and what its owner can do.
func unavailable(path string, err error) error {
	if errors.Is(err, messages.ErrStoreUnavailable) {
		return err
	}
	advice := ""
	var fault sqlite3.Error
	if errors.As(err, &fault) {
		advice = adviceOn(fault.Code)
	}
	return fmt.Errorf("%w: %s: %s%w", messages.ErrStoreUnavailable, path, advice, err)
}

func adviceOn(code sqlite3.ErrNo) string {
	switch code {
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return "another process uses it, the signer or one of its tools: stop that first: "
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return "it is damaged or no SQLite database: put a backup in its place, or move it away and import an interchange file that is complete: "
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
