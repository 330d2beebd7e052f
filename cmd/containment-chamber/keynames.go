package main

import (
	"path/filepath"
	"slices"
	"strings"

	"containment-chamber/messages"
)

// outsideNames are failures as whoever reaches the port may see them: a file is named below the configured path at which it
// was found. The log has the whole path.
func outsideNames(failures []messages.KeyFailure, paths []string) []messages.KeyFailure {
	failures = slices.Clone(failures)
	for i := range failures {
		failures[i].Name = outsideName(failures[i].Name, paths)
	}
	return failures
}

func outsideName(name string, paths []string) string {
	for _, path := range paths {
		root, err := filepath.Abs(path)
		if err != nil {
			continue
		}
		if below, found := strings.CutPrefix(name, root+string(filepath.Separator)); found {
			return below
		}
	}
	return filepath.Base(name)
}
