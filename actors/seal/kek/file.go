package kek

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"containment-chamber/actors/secmem"
)

const (
	keySize     = 32
	fileVersion = 1
	nonceSize   = 12
	// overhead is what a wrapped secret has beside the secret: version, nonce and tag.
	overhead = 1 + nonceSize + 16
)

// WriteFile makes a key file of random bytes, which only its owner may read. It overwrites nothing.
func WriteFile(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("kek: %w", err)
	}
	key := random(keySize)
	defer clear(key)
	_, err = file.Write(key)
	if err = errors.Join(err, file.Sync(), file.Close(), syncDirectory(filepath.Dir(path))); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// syncDirectory makes a new name durable.
func syncDirectory(path string) error {
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// fileKey is the path of a key file.
type fileKey string

var _ Key = fileKey("")

// String returns the reference, for errors.
func (k fileKey) String() string { return fileScheme + string(k) }

func (k fileKey) Wrap(ctx context.Context, plaintext []byte, binding Binding) (ciphertext []byte, err error) {
	err = k.use(ctx, func(gcm cipher.AEAD) error {
		ciphertext = append([]byte{fileVersion}, random(nonceSize)...)
		ciphertext = gcm.Seal(ciphertext, ciphertext[1:], plaintext, binding.data())
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
	err = k.use(ctx, func(gcm cipher.AEAD) (err error) {
		sealed := ciphertext[1:]
		plaintext, err = gcm.Open(nil, sealed[:nonceSize], sealed[nonceSize:], binding.data())
		if err != nil {
			return fmt.Errorf("%s: %w: wrapped by another key, for another chamber or share, or damaged", k, ErrRejected)
		}
		return nil
	})
	return plaintext, err
}

func (k fileKey) Check(ctx context.Context) error {
	return k.use(ctx, func(cipher.AEAD) error { return nil })
}

// use lends the key to f.
func (k fileKey) use(ctx context.Context, f func(cipher.AEAD) error) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w: %w", k, ErrUnavailable, err)
	}
	key := make([]byte, keySize+1)
	defer clear(key)
	if err := k.read(key); err != nil {
		return fmt.Errorf("%s: %w", k, err)
	}
	var err error
	secmem.Do(func() { err = f(aead(key[:keySize])) })
	return err
}

// read fills key but for its last byte, which is there to see that the file is no longer than it should be.
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
	}
	switch n, err := io.ReadFull(file, key); {
	case n == keySize && errors.Is(err, io.ErrUnexpectedEOF):
		return nil
	case err == nil || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return fmt.Errorf("%w: a key file is of %d random bytes, no more and no fewer", ErrDenied, keySize)
	default:
		return unreadable(err)
	}
}

func unreadable(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func aead(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic("kek: AES-256 refuses a key of 32 bytes") // unreachable
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic("kek: GCM refuses AES") // unreachable
	}
	return gcm
}

func random(size int) []byte {
	b := make([]byte, size)
	_, _ = rand.Read(b) // never fails: it crashes the process first
	return b
}
