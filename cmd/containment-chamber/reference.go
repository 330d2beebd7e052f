package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
)

// maxSecret bounds what is read from a file, in bytes. The longest secret that there is is a passphrase of 256.
const maxSecret = 4096

// dereference reads a secret from where a reference says that it is: file:PATH or env:NAME. The caller wipes it. It warns of
// a file that others than its owner may use.
func dereference(reference string, env []string, warn func(path string, mode fs.FileMode)) ([]byte, error) {
	kind, place, _ := strings.Cut(reference, ":")
	if kind != "file" {
		for _, entry := range env {
			if value, ok := strings.CutPrefix(entry, place+"="); ok {
				return []byte(value), nil
			}
		}
		return nil, fmt.Errorf("there is no variable %s in the environment", place)
	}
	file, err := os.Open(place)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		warn(place, info.Mode().Perm())
	}
	text := make([]byte, maxSecret+1) // at once, so that no shorter copy is left behind
	n, err := io.ReadFull(file, text)
	switch {
	case err == nil:
		err = fmt.Errorf("%s: a secret is of at most %d bytes", place, maxSecret)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return text[:n], nil
	}
	clear(text)
	return nil, err
}

// warning warns in a log.
func warning(log *slog.Logger) func(path string, mode fs.FileMode) {
	return func(path string, mode fs.FileMode) {
		log.Warn("others than its owner may use a file that holds a secret; chmod 600 it, unless a secret store mounts it so", "file", path, "mode", mode.String())
	}
}
