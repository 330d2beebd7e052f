package directory

import (
	"errors"
	"fmt"
	"path/filepath"

	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

// Source is the Source of every [messages.KeyFailure] that is reported here.
const Source = "filesystem"

const (
	// maxKeystore is far above the kilobyte that a keystore has. Larger JSON is something else.
	maxKeystore = 1 << 20
	// maxDescriptors is Web3Signer's --key-store-config-file-max-size: 100 MiB.
	maxDescriptors = 100 << 20
)

// Options says where else passwords are. The zero value says nowhere.
type Options struct {
	// PasswordFile holds the password of each keystore that has no password file of its own. Optional.
	PasswordFile string
	// PasswordDir holds NAME.txt for a keystore NAME.json. Optional.
	PasswordDir string
}

// Scan lists the keys that paths hold, and the files that are of no use with the reason. Descriptors come first, then plain
// keystores; both in the order of paths and, below a path, of names. No path, or an empty directory, is no failure.
func Scan(paths []string, options Options) Listing {
	s := &scan{
		options: options, visited: map[string]bool{}, described: map[string]bool{},
		listing: Listing{folders: map[string]folder{}, failed: map[string]bool{}, passedOver: map[string]bool{}},
	}
	for _, path := range paths {
		s.visitRoot(path)
	}
	for _, path := range s.descriptors {
		s.readDescriptors(path)
	}
	for _, path := range s.keystores {
		if !s.described[resolve(path)] {
			s.readKeystore(path)
		}
	}
	return s.listing
}

// scan is one run of Scan.
type scan struct {
	options   Options
	visited   map[string]bool // files and directories that the walk has seen, without symbolic links
	described map[string]bool // keystores that a descriptor names, without symbolic links
	listing   Listing

	descriptors, keystores []string // what the walk found
}

// fail takes note of a file or directory that is of no use.
func (s *scan) fail(path string, err error) { s.failPart(path, path, err) }

// failPart takes note of a part of a file that is of no use.
func (s *scan) failPart(path, name string, err error) {
	s.listing.failed[path] = true
	s.listing.Failures = append(s.listing.Failures, messages.KeyFailure{Source: Source, Name: name, Err: err})
}

// add takes note of a key that was found in a file.
func (s *scan) add(path string, c Candidate) {
	c.Place = Place{path, s.listing.folders}
	s.listing.Candidates = append(s.listing.Candidates, c)
	s.listing.hold(filepath.Dir(path))
}

// readDescriptors takes each document of a descriptor file.
func (s *scan) readDescriptors(path string) {
	text, err := read(path, maxDescriptors)
	if err != nil {
		s.fail(path, err)
		return
	}
	documents := split(text)
	if len(documents) == 0 {
		s.fail(path, errors.New("the file is empty: describe a key in it, or remove it"))
	}
	for i, document := range documents {
		name := path
		if len(documents) > 1 {
			name = fmt.Sprintf("%s, document %d", path, i+1)
		}
		candidate, err := s.describe(document, filepath.Dir(path))
		if err != nil {
			s.failPart(path, name, err)
			continue
		}
		candidate.Name = name
		s.add(path, candidate)
	}
}

// describe returns the key of one descriptor. Relative paths in it start at dir.
func (s *scan) describe(document document, dir string) (Candidate, error) {
	d, err := parseDescriptor(document)
	if err != nil {
		return Candidate{}, err
	}
	if d.secret != nil {
		return Candidate{Fingerprint: fingerprint(messages.PublicKey{}, d.secret), secret: d.secret}, nil
	}
	file := within(dir, d.keystoreFile)
	s.described[resolve(file)] = true
	text, err := read(file, maxKeystore)
	if err != nil {
		return Candidate{}, fmt.Errorf("keystore file %s: %w", file, err)
	}
	k, err := keystore.Parse(text)
	if err != nil {
		return Candidate{}, fmt.Errorf("keystore file %s: %w", file, err)
	}
	return Candidate{
		PublicKey: k.PublicKey, Fingerprint: fingerprint(k.PublicKey, text), Memory: k.Memory(),
		keystore: k, passwordFile: within(dir, d.passwordFile),
	}, nil
}

// readKeystore takes a JSON file that no descriptor names.
func (s *scan) readKeystore(path string) {
	text, err := read(path, maxKeystore)
	if errors.Is(err, errTooLarge) {
		s.listing.passedOver[path] = true
		return
	}
	if err != nil {
		s.fail(path, err)
		return
	}
	k, err := keystore.Parse(text)
	if errors.Is(err, keystore.ErrNotKeystore) {
		s.listing.passedOver[path] = true
		return
	}
	if err != nil {
		s.fail(path, err)
		return
	}
	public, err := claimed(k.PublicKey, path)
	if err != nil {
		s.fail(path, err)
		return
	}
	passwordFile, err := s.options.findPassword(path)
	if err != nil {
		s.fail(path, err)
		return
	}
	s.add(path, Candidate{
		Name: path, PublicKey: public, Fingerprint: fingerprint(public, text), Memory: k.Memory(),
		keystore: k, passwordFile: passwordFile,
	})
}

// within returns path, below dir when it is relative.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
