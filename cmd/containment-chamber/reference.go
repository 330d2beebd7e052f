package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// dereference reads a secret from where a reference says that it is: file:PATH or env:NAME. The caller wipes it.
func dereference(log *slog.Logger, reference string, env []string) ([]byte, error) {
	kind, place, _ := strings.Cut(reference, ":")
	if kind == "file" {
		info, err := os.Stat(place)
		if err != nil {
			return nil, err
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			log.Warn("others than its owner may read a file that holds a secret; chmod 600 it, unless a secret store mounts it so", "file", place, "mode", mode.String())
		}
		return os.ReadFile(place)
	}
	for _, pair := range env {
		if name, value, _ := strings.Cut(pair, "="); name == place && value != "" {
			return []byte(value), nil
		}
	}
	return nil, fmt.Errorf("the variable %s is not set", place)
}
