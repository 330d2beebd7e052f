package directory

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

var errTooLarge = errors.New("file is too large")

// read returns a regular file's content of at most limit bytes. The error does not name the file, as callers do.
func read(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, explain(err)
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, errors.New("not a regular file")
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%w: at most %d bytes are read", errTooLarge, limit)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, explain(err)
	}
	return content, nil
}

// explain says what to do about a file or directory that cannot be read. It leaves the path out.
func explain(err error) error {
	var pathError *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: correct the path, or mount what belongs there", fs.ErrNotExist)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: let the signer's user read it", fs.ErrPermission)
	case errors.As(err, &pathError):
		return fmt.Errorf("cannot be read: %w", pathError.Err)
	default:
		return fmt.Errorf("cannot be read: %w", err)
	}
}
