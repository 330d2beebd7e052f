package directory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"containment-chamber/messages"
)

// Listing is what one scan found, and where it could look. It tells a file that was removed from one that is out of sight.
type Listing struct {
	Candidates []Candidate
	Failures   []messages.KeyFailure

	folders    map[string]folder // every directory that could be listed, by its path
	failed     map[string]bool   // files and directories that stand in Failures
	passedOver map[string]bool   // JSON files that are no keystores
}

// folder is a directory that could be listed.
type folder struct {
	info  fs.FileInfo
	holds bool // a candidate lies in it or below
}

// Place is a file in which a key was found.
type Place struct {
	// File is its absolute path.
	File string
	seen map[string]folder // the folders of the listing
}

var (
	errUnmounted = errors.New("it is empty, and not the directory that gave keys before: they are kept; mount what belongs there, " +
		"or restart the signer if they are to go")
	errNoKey = errors.New("it gave a key before and is no keystore now: the key is kept; put the keystore back, or remove the file")
)

// hold takes note that a candidate lies in dir.
func (l Listing) hold(dir string) {
	for f, listed := l.folders[dir]; listed && !f.holds; f, listed = l.folders[dir] {
		l.folders[dir] = folder{f.info, true}
		dir = filepath.Dir(dir)
	}
}

// Failed reports whether a file stands in Failures, be it for one of its documents only.
func (l Listing) Failed(file string) bool { return l.failed[file] }

// Gone judges a place that an earlier scan has found a key in and this one has not. Only a place that is really gone may
// cost the key. What is out of sight is not gone; why then says what is to be done about it, and is empty when Failures
// says so already.
func (l Listing) Gone(p Place) (gone bool, why messages.KeyFailure) {
	if l.failed[p.File] {
		return false, why
	}
	if l.passedOver[p.File] {
		return false, messages.KeyFailure{Source: Source, Name: p.File, Err: errNoKey}
	}
	dir := filepath.Dir(p.File)
	for l.folders[dir].info == nil { // up to the nearest directory that is still there
		if l.failed[dir] || dir == filepath.Dir(dir) {
			return false, why
		}
		dir = filepath.Dir(dir)
	}
	if f := l.folders[dir]; !f.holds && !os.SameFile(f.info, p.seen[dir].info) {
		return false, messages.KeyFailure{Source: Source, Name: dir, Err: errUnmounted}
	}
	return true, why
}
