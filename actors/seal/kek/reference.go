package kek

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	fileScheme = "file:"
	awsScheme  = "arn:"
	// maxReference is more than any ARN, and than Linux lets a path be.
	maxReference = 4096 + len(fileScheme)
	// arn is partition, region, account, and key or alias ("ARN format for KMS", AWS Key Management Service Developer Guide).
	arn = `^arn:aws(?:-[a-z]+)*:kms:([a-z]{2,}(?:-[a-z]+)+-[0-9]+):[0-9]{12}:(?:key/[0-9A-Za-z-]{1,128}|alias/[0-9A-Za-z/_-]{1,250})$`
)

var (
	errScheme = errors.New("a key reference is arn:aws:kms:REGION:ACCOUNT:key/ID, or file:PATH")
	errARN    = errors.New("this is not the ARN of a KMS key: want arn:aws:kms:REGION:ACCOUNT:key/ID, or …:alias/NAME")
	errPath   = errors.New("a file: reference wants a path of at most 4096 bytes")
)

// Reference names a key-encryption key. It is comparable: references that are spelt alike are equal. The zero value
// names none.
type Reference struct {
	text   string
	region string // of AWS; empty for a file
}

// Parse reads file:PATH, or the ARN of a key or alias of AWS KMS, in any partition. A path is cleaned; a relative one is
// of the working directory.
func Parse(text string) (Reference, error) {
	path, isFile := strings.CutPrefix(text, fileScheme)
	switch {
	case isFile && (path == "" || len(text) > maxReference || strings.ContainsRune(path, 0)):
		return Reference{}, errPath
	case isFile:
		return Reference{text: fileScheme + filepath.Clean(path)}, nil
	case !strings.HasPrefix(text, awsScheme):
		return Reference{}, errScheme
	}
	found := regexp.MustCompile(arn).FindStringSubmatch(text)
	if found == nil {
		return Reference{}, errARN
	}
	return Reference{text: text, region: found[1]}, nil
}

// String returns the reference as it is written, with a clean path.
func (r Reference) String() string { return r.text }

// Path returns the path of a file: reference, and "" for all others.
func (r Reference) Path() string {
	path, isFile := strings.CutPrefix(r.text, fileScheme)
	if !isFile {
		return ""
	}
	return path
}

// MarshalText is String.
func (r Reference) MarshalText() ([]byte, error) { return []byte(r.text), nil }

// UnmarshalText is Parse.
func (r *Reference) UnmarshalText(text []byte) error {
	parsed, err := Parse(string(text))
	if err != nil {
		return fmt.Errorf("kek: %w", err)
	}
	*r = parsed
	return nil
}
