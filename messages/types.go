package messages

import (
	"encoding/hex"
	"fmt"
	"strings"
)

type (
	// PublicKey is a compressed BLS12-381 G1 point: 48 bytes.
	PublicKey [48]byte
	// Root is an SSZ hash tree root: 32 bytes.
	Root [32]byte
	// Signature is a compressed BLS12-381 G2 point: 96 bytes.
	Signature [96]byte
)

// String returns 0x and 96 lower-case hex digits.
func (k PublicKey) String() string { return prefixed(k[:]) }

// String returns 0x and 64 lower-case hex digits.
func (r Root) String() string { return prefixed(r[:]) }

// String returns 0x and 192 lower-case hex digits.
func (s Signature) String() string { return prefixed(s[:]) }

// IsZero reports whether r is the zero root, which stands for "not known".
func (r Root) IsZero() bool { return r == Root{} }

// MarshalText writes the form of String.
func (k PublicKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// MarshalText writes the form of String.
func (r Root) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// MarshalText writes the form of String.
func (s Signature) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads hex of 48 bytes, in any case, with or without 0x. The error is an [ErrMalformed].
func (k *PublicKey) UnmarshalText(text []byte) error { return parseHex(k[:], string(text)) }

// UnmarshalText reads hex of 32 bytes, in any case, with or without 0x. The error is an [ErrMalformed].
func (r *Root) UnmarshalText(text []byte) error { return parseHex(r[:], string(text)) }

// ParsePublicKey reads hex of 48 bytes, in any case, with or without 0x. The error is an [ErrMalformed].
func ParsePublicKey(s string) (PublicKey, error) {
	var k PublicKey
	return k, parseHex(k[:], s)
}

// ParseRoot reads hex of 32 bytes, in any case, with or without 0x. The error is an [ErrMalformed].
func ParseRoot(s string) (Root, error) {
	var r Root
	return r, parseHex(r[:], s)
}

func prefixed(b []byte) string {
	out := make([]byte, 2+2*len(b))
	out[0], out[1] = '0', 'x'
	hex.Encode(out[2:], b)
	return string(out)
}

func parseHex(dst []byte, s string) error {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X")
	if len(digits) != 2*len(dst) {
		return fmt.Errorf("%w: want 0x and %d hex digits, got %d characters", ErrMalformed, 2*len(dst), len(digits))
	}
	if _, err := hex.Decode(dst, []byte(digits)); err != nil {
		clear(dst)
		return fmt.Errorf("%w: not hexadecimal", ErrMalformed)
	}
	return nil
}
