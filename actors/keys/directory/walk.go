package directory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// lighthouseDefinitions is Lighthouse's list of validators. It lies among the keystores and describes them to Lighthouse.
const lighthouseDefinitions = "validator_definitions.yml"

// visitRoot walks a path of the configuration. Other than below a directory, a file of an unknown kind is a mistake.
func (s *scan) visitRoot(path string) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		s.fail(path, explain(err))
		return
	}
	if info, err := os.Stat(absolute); err == nil && !info.IsDir() && kindOf(absolute) == ignored {
		s.fail(absolute, errors.New("neither a directory, nor a .yaml or .yml descriptor, nor a .json keystore"))
		return
	}
	s.visit(absolute)
}

// visit takes note of a file, or of all that is below a directory.
func (s *scan) visit(path string) {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		s.fail(path, explain(err))
		return
	}
	if s.visited[target] {
		return
	}
	s.visited[target] = true
	info, err := os.Stat(target)
	switch {
	case err != nil:
		s.fail(path, explain(err))
	case info.IsDir():
		s.visitEntries(path, info)
	case kindOf(path) == descriptorFile:
		s.descriptors = append(s.descriptors, path)
	case kindOf(path) == keystoreFile:
		s.keystores = append(s.keystores, path)
	}
}

func (s *scan) visitEntries(dir string, info fs.FileInfo) {
	entries, err := os.ReadDir(dir) // in the order of names
	if err != nil {
		s.fail(dir, explain(err))
		return
	}
	s.listing.folders[dir] = folder{info: info}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			s.visit(filepath.Join(dir, entry.Name()))
		}
	}
}

// fileKind is what a file is taken for, by its name.
type fileKind int

const (
	ignored fileKind = iota
	descriptorFile
	keystoreFile
)

func kindOf(path string) fileKind {
	if filepath.Base(path) == lighthouseDefinitions {
		return ignored
	}
	switch filepath.Ext(path) {
	case ".yaml", ".yml":
		return descriptorFile
	case ".json":
		return keystoreFile
	default:
		return ignored
	}
}

// resolve returns path without symbolic links where that can be told, so that it can be compared.
func resolve(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}
