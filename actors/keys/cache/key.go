package cache

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// KeySize is the length of a cache's key in bytes.
const KeySize = 32

// Key is the key that a cache's file is encrypted under. It must be random, not a password.
type Key struct{ bytes [KeySize]byte }

var errKey = errors.New("the key of a cache is 32 random bytes, or 64 hexadecimal digits: 'openssl rand -hex 32' makes one")

// ParseKey reads 32 bytes, raw or as 64 hexadecimal digits with or without 0x; white space around digits is left out. It
// keeps no reference to text, which the caller should wipe.
func ParseKey(text []byte) (*Key, error) {
	k := new(Key)
	if len(text) == KeySize {
		copy(k.bytes[:], text)
		return k, nil
	}
	digits := bytes.TrimPrefix(bytes.TrimSpace(text), []byte("0x"))
	if len(digits) != 2*KeySize {
		return nil, errKey
	}
	if _, err := hex.Decode(k.bytes[:], digits); err != nil {
		k.wipe()
		return nil, errKey
	}
	return k, nil
}

// Format writes "[secret]" for every verb and flag.
func (*Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[secret]") }

func (k *Key) wipe() { clear(k.bytes[:]) }
