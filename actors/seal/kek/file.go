package kek

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"containment-chamber/actors/box"
	"containment-chamber/actors/durable"
	"containment-chamber/actors/secmem"
)

const (
	fileVersion = 1
	// overhead is what a wrapped secret has beside the secret.
	overhead = 1 + box.Overhead
)

// WriteFile makes a key file of random bytes, which only its owner may read. It overwrites nothing.
func WriteFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("kek: %w", err)
	}
	key := box.Random(box.KeySize)
	defer clear(key)
	_, err = file.Write(key)
	if err = errors.Join(err, file.Sync(), file.Close(), durable.SyncDirectory(filepath.Dir(path))); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// fileKey is the path of a key file.
type fileKey string

var _ Key = fileKey("")

// String returns the reference, for errors.
func (k fileKey) String() string { return fileScheme + string(k) }

func (k fileKey) Wrap(ctx context.Context, plaintext []byte, binding Binding) (ciphertext []byte, err error) {
	err = k.use(ctx, func(key []byte) error {
		ciphertext = append([]byte{fileVersion}, box.Seal(key, plaintext, binding.data())...)
		return nil
	})
	return ciphertext, err
}

func (k fileKey) Unwrap(ctx context.Context, ciphertext []byte, binding Binding) (plaintext []byte, err error) {
	switch {
	case len(ciphertext) <= overhead || len(ciphertext) > overhead+MaxPlaintext:
		return nil, fmt.Errorf("%s: %w: no ciphertext is of %d bytes", k, ErrRejected, len(ciphertext))
	case ciphertext[0] != fileVersion:
		return nil, fmt.Errorf("%s: %w: the ciphertext is of version %d, and this program knows version %d", k, ErrRejected, ciphertext[0], fileVersion)
	}
	err = k.use(ctx, func(key []byte) (err error) {
		plaintext, err = box.Open(key, ciphertext[1:], binding.data())
		if err != nil {
			return fmt.Errorf("%s: %w: wrapped by another key, for another chamber or share, or damaged", k, ErrRejected)
		}
		return nil
	})
	return plaintext, err
}

func (k fileKey) Check(ctx context.Context) error {
	return k.use(ctx, func([]byte) error { return nil })
}

// use lends the key to f.
func (k fileKey) use(ctx context.Context, f func([]byte) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w: %w", k, ErrUnavailable, err)
	}
	key := make([]byte, box.KeySize)
	defer clear(key)
	if err := k.read(key); err != nil {
		return fmt.Errorf("%s: %w", k, err)
	}
	var err error
	secmem.Do(func() { err = f(key) })
	return err
}

// read fills key.
func (k fileKey) read(key []byte) error {
	file, err := os.OpenFile(string(k), os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe would wait for its writer
	if err != nil {
		return unreadable(err)
	}
	defer file.Close()
	info, err := file.Stat() // of what was opened, whatever the path leads to by now
	switch {
	case err != nil:
		return unreadable(err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: it is not a regular file", ErrDenied)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("%w: others than its owner may use it (mode %04o): chmod 600 it", ErrDenied, info.Mode().Perm())
	case info.Size() != box.KeySize:
		return fmt.Errorf("%w: a key file is of %d random bytes, no more and no fewer", ErrDenied, box.KeySize)
	}
	if _, err := io.ReadFull(file, key); err != nil {
		return unreadable(err)
	}
	return nil
}

func unreadable(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
