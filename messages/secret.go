package messages

import (
	"errors"
	"fmt"
	"log/slog"
)

// Secret is bytes that must not be seen: a passphrase, a token. It has one owner at a time: whoever is sent it owns it,
// and wipes it when done. It cannot be compared, marshalled or printed, by whatever means, because it is a function.
// The zero Secret is empty.
type Secret struct{ lend func() []byte }

// NewSecret takes b over: the caller forgets it.
func NewSecret(b []byte) Secret { return Secret{func() []byte { return b }} }

// Use lends the bytes to f, which must not keep them.
func (s Secret) Use(f func([]byte)) { f(s.bytes()) }

// Wipe overwrites the bytes with zeros, for all who have a copy of s. It may be called again.
func (s Secret) Wipe() { clear(s.bytes()) }

// Empty reports whether there is nothing in it. A secret that was wiped is not empty.
func (s Secret) Empty() bool { return len(s.bytes()) == 0 }

func (s Secret) bytes() []byte {
	if s.lend == nil {
		return nil
	}
	return s.lend()
}

const hidden = "[secret]"

var errSecret = errors.New("a secret is not marshalled")

// String implements [fmt.Stringer], and tells nothing.
func (Secret) String() string { return hidden }

// Format implements [fmt.Formatter], and tells nothing, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) } // a printer has nobody to tell

// MarshalText implements [encoding.TextMarshaler]: it refuses.
func (Secret) MarshalText() ([]byte, error) { return nil, errSecret }

// LogValue implements [slog.LogValuer], and tells nothing.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
