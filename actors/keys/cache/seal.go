package cache

import (
	"bytes"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"

	"containment-chamber/actors/box"
	"containment-chamber/messages"
)

const (
	// mark is how files of all versions begin.
	mark     = "containment-chamber key cache "
	magic    = mark + "1\n"
	saltSize = 32
	// sealedSize is that of a secret, and of the data key.
	sealedSize = 32 + box.Overhead
	headerSize = len(magic) + saltSize + sealedSize
)

// seals are the keys of one file, ready for use.
type seals struct {
	header  []byte // of the file that they belong to
	records []byte // of package box
	names   []byte // of HMAC
	file    []byte // of HMAC
}

// newSeals makes a data key, and wraps it.
func newSeals(key *Key) seals {
	header := append([]byte(magic), box.Random(saltSize)...)
	data, outer := box.Random(box.KeySize), wrapping(key, header)
	defer clear(data)
	defer clear(outer)
	wrapped := box.Seal(outer, data, header)
	return sealsOf(append(header, wrapped...), data)
}

// openSeals unwraps the data key of a file's header. It reports whether key made it.
func openSeals(key *Key, header []byte) (seals, bool) {
	salted := header[:len(magic)+saltSize]
	outer := wrapping(key, salted)
	defer clear(outer)
	data, err := box.Open(outer, header[len(salted):], salted)
	if err != nil {
		return seals{}, false
	}
	defer clear(data)
	return sealsOf(bytes.Clone(header), data), true
}

func sealsOf(header, data []byte) seals {
	return seals{header: header, records: derive(data, nil, "records"), names: derive(data, nil, "names"), file: derive(data, nil, "file")}
}

// wrapping is the key that wraps the data key. salted is the header before the latter.
func wrapping(key *Key, salted []byte) []byte {
	return derive(key.bytes[:], salted[len(magic):], "wrapping")
}

// name is what a record is found by.
func (s seals) name(fingerprint [sha256.Size]byte, password []byte) [sha256.Size]byte {
	h := hmac.New(sha256.New, s.names)
	h.Write(fingerprint[:])
	h.Write(password)
	return [sha256.Size]byte(h.Sum(nil))
}

// code proves that all of a file was written by whoever has the key.
func (s seals) code(content []byte) []byte {
	h := hmac.New(sha256.New, s.file)
	h.Write(content)
	return h.Sum(nil)
}

// bound is what a record is encrypted over.
func bound(name [sha256.Size]byte, public messages.PublicKey) []byte {
	return append(append([]byte(magic), name[:]...), public[:]...)
}

// derive makes a key of 32 bytes for one use.
func derive(secret, salt []byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, magic+use, box.KeySize)
	if err != nil {
		panic("cache: HKDF refuses to make 32 bytes") // unreachable
	}
	return key
}
