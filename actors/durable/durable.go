// Package durable writes small files so that a loss of power leaves the old one or the new one, and nothing between.
//
// # Decisions
//
// A name is as durable as its directory, which has to be synchronised by itself.
//
// What is not whole yet lies beside its place, under a name with a dot: whoever looks through the directory passes it over.
package durable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Replace puts content in the place of the file at path, which need not exist, in one step. Only the owner may read it.
func Replace(path string, content []byte) error {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("the signer's user must be able to write to the directory: %w", err)
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return SyncDirectory(dir)
}

// SyncDirectory makes the names in a directory durable.
func SyncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}
