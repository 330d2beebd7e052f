package sqlitefile

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

var (
	// ErrEmptied says that there is nothing in the file, and something in its log, which SQLite would delete.
	ErrEmptied = errors.New("it is empty, but its log (the file with the suffix -wal) is not: put a backup in its place")

	errDirectory = errors.New("it is a directory: name a file in it")
	errIrregular = errors.New("it is not a regular file: name one")
	errReadOnly  = errors.New("it can only be read: check how the volume is mounted and who owns the file")
	errReplaced  = errors.New("the file was moved, replaced, emptied or deleted while it is in use: stop the signer and put the file back")
)

// File is a file that is fit for a database.
type File struct {
	path string
	info os.FileInfo
}

// Claim makes sure that there is a regular file which only its owner can read. An existing file is not opened: closing it
// again would drop the lock of any other connection of this process (POSIX advisory locks).
func Claim(path string, mustExist bool) (*File, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) && !mustExist {
		info, err = create(path)
	}
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errDirectory
	case !info.Mode().IsRegular():
		return nil, errIrregular
	case info.Size() == 0 && hasLog(path):
		return nil, ErrEmptied
	case info.Mode().Perm()&0o077 != 0:
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, fmt.Errorf("others may read or write it, and that cannot be changed: %w", err)
		}
	}
	return &File{path, info}, nil
}

func create(path string) (os.FileInfo, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case errors.Is(err, os.ErrExist): // another process was quicker
		return os.Stat(path)
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("create the directory first: %w", err)
	case err != nil:
		return nil, fmt.Errorf("the directory must be writable by the signer: %w", err)
	}
	info, err := file.Stat()
	return info, errors.Join(err, file.Close())
}

// hasLog reports whether there is a write-ahead log with something in it.
func hasLog(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// InPlace notices that the file has another place or identity, so that what is written would be lost with the next start.
func (f *File) InPlace() error {
	info, err := os.Stat(f.path)
	if err == nil && (!os.SameFile(info, f.info) || info.Size() == 0) {
		err = errReplaced
	}
	return err
}

// Name is what the driver calls the file, to be opened with these options and never created.
func (f *File) Name(options url.Values) (string, error) {
	absolute, err := filepath.Abs(f.path)
	if err != nil {
		return "", err
	}
	options.Set("mode", "rw")
	name := url.URL{Scheme: "file", OmitHost: true, Path: absolute, RawQuery: options.Encode()}
	return name.String(), nil
}

// Writable says why the file cannot be written to, if that is so. SQLite opens such a file for reading, and finds out
// later, by errors that mislead.
func (f *File) Writable() error {
	if err := unix.Access(f.path, unix.W_OK); err != nil {
		return fmt.Errorf("%w: %w", errReadOnly, err)
	}
	return nil
}
