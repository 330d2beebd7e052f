package sqlite

import (
	"errors"
	"fmt"

	"containment-chamber/actors/sqlitefile"
	"containment-chamber/messages"
)

// unavailable wraps an error of storage in the sentinel, with the file and what its owner can do.
func unavailable(path string, err error) error {
	if errors.Is(err, messages.ErrStoreUnavailable) {
		return err
	}
	advice := sqlitefile.Advice(err)
	if sqlitefile.Damaged(err) {
		advice += "without a backup, move it and its log away and import an interchange file that is complete: "
	}
	return messages.StoreFault{
		Reason: sqlitefile.Reason(err),
		Err:    fmt.Errorf("%w: %s: %s%w", messages.ErrStoreUnavailable, path, advice, err),
	}
}
