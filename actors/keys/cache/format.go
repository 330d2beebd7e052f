package cache

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"maps"
	"slices"

	"containment-chamber/messages"
)

const (
	codeSize   = sha256.Size
	recordSize = sha256.Size + len(messages.PublicKey{}) + sealedSize
)

// records are a file's, by name.
type records map[[sha256.Size]byte]record

// record is a keystore's secret.
type record struct {
	public messages.PublicKey
	sealed [sealedSize]byte
}

var (
	errForeign = errors.New("not a key cache, so it is left alone: remove it, or choose another path")
	errVersion = errors.New("made by another version")
	errKeyed   = errors.New("made with another key, or edited")
	errEdited  = errors.New("edited, or cut short")
)

// parse reads a file. Nothing of it is believed before all of it is proved.
func parse(content []byte, key *Key) (seals, records, error) {
	body := len(content) - headerSize - codeSize
	switch {
	case !isCache(content):
		return seals{}, nil, errForeign
	case body < 0:
		return seals{}, nil, errEdited
	case !bytes.HasPrefix(content, []byte(magic)):
		return seals{}, nil, errVersion
	}
	s, ok := openSeals(key, content[:headerSize])
	if !ok {
		return seals{}, nil, errKeyed
	}
	proved, code := content[:len(content)-codeSize], content[len(content)-codeSize:]
	if !hmac.Equal(code, s.code(proved)) || body%recordSize != 0 {
		return seals{}, nil, errEdited
	}
	all := make(records, body/recordSize)
	for text := range slices.Chunk(proved[headerSize:], recordSize) {
		var r record
		rest := text[sha256.Size:]
		copy(r.sealed[:], rest[copy(r.public[:], rest):])
		all[[sha256.Size]byte(text)] = r
	}
	return s, all, nil
}

// isCache tells what may be replaced from what a mistaken path leads to.
func isCache(content []byte) bool {
	n := min(len(content), len(mark))
	return string(content[:n]) == mark[:n]
}

// encode writes a file: the same for the same records.
func encode(s seals, all records) []byte {
	content := slices.Grow(bytes.Clone(s.header), len(all)*recordSize+codeSize)
	names := slices.SortedFunc(maps.Keys(all), func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	for _, name := range names {
		r := all[name]
		content = append(append(append(content, name[:]...), r.public[:]...), r.sealed[:]...)
	}
	return append(content, s.code(content)...)
}
