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
func Scan(paths []string, options Options) ([]Candidate, []messages.KeyFailure) {
	s := &scan{options: options, visited: map[string]bool{}, described: map[string]bool{}}
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
	return s.candidates, s.failures
}

// scan is one run of Scan.
type scan struct {
	options    Options
	visited    map[string]bool // files and directories that the walk has seen, without symbolic links
	described  map[string]bool // keystores that a descriptor names, without symbolic links
	candidates []Candidate
	failures   []messages.KeyFailure

	descriptors, keystores []string // what the walk found
}

func (s *scan) fail(name string, err error) {
	s.failures = append(s.failures, messages.KeyFailure{Source: Source, Name: name, Err: err})
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
			s.fail(name, err)
			continue
		}
		candidate.Name = name
		s.candidates = append(s.candidates, candidate)
	}
}

// describe returns the key of one descriptor. Relative paths in it start at dir.
func (s *scan) describe(document document, dir string) (Candidate, error) {
	d, err := parseDescriptor(document)
	if err != nil {
		return Candidate{}, err
	}
	if d.key != nil {
		return Candidate{PublicKey: d.key.PublicKey(), key: d.key}, nil
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
		return
	}
	if err != nil {
		s.fail(path, err)
		return
	}
	k, err := keystore.Parse(text)
	if errors.Is(err, keystore.ErrNotKeystore) {
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
	s.candidates = append(s.candidates, Candidate{
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
