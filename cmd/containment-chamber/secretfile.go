package main

import (
	"errors"
	"os"
	"path/filepath"

	"containment-chamber/actors/durable"
)

// secretFile is a file of a secret that is to come. Only its owner may read it, and it takes its name when it is whole.
type secretFile struct {
	file *os.File
	path string
}

// newSecretFile makes sure that there will be a place for a secret. It returns nil for an empty path.
func newSecretFile(path string) (*secretFile, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // there is nothing to write, which is no error
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return nil, err
	}
	return &secretFile{file, path}, nil
}

// keep writes the secret, on a line of its own.
func (f *secretFile) keep(secret []byte) error {
	line := append(append(make([]byte, 0, len(secret)+1), secret...), '\n')
	defer clear(line)
	_, err := f.file.Write(line)
	if err = errors.Join(err, f.file.Sync(), f.file.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.file.Name(), f.path); err != nil {
		return err
	}
	return durable.SyncDirectory(filepath.Dir(f.path))
}

// discard removes what was not kept.
func (f *secretFile) discard() {
	if f == nil {
		return
	}
	_ = f.file.Close()           // twice after keep
	_ = os.Remove(f.file.Name()) // it has another name after keep
}
