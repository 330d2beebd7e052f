package secmem

import (
	"runtime"
	"unsafe"
)

// Size is the length of every secret in bytes.
const Size = 32

// Secret is one secret. It is made by [Arena.New], used through a pointer, and prints as an address.
type Secret struct {
	// bytes points to [Size]byte. Untyped, because some printers follow a typed pointer, even a hidden one.
	bytes unsafe.Pointer
}

// Use lends the bytes to f, which must not keep the pointer. It is not an exclusive loan: whoever writes while others
// read has to see to it, except for Wipe, after which they read zeros in part or in whole.
func (s *Secret) Use(f func(bytes *[Size]byte)) {
	f((*[Size]byte)(s.bytes))
	runtime.KeepAlive(s)
}

// Wipe overwrites the secret with zeros. It may be called at any time, and again.
func (s *Secret) Wipe() {
	s.Use(func(bytes *[Size]byte) { clear(bytes[:]) })
}
