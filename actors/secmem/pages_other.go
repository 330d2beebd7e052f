//go:build !linux

package secmem

import "errors"

var errHeap = errors.New("secrets lie on the Go heap, may be swapped out, and may be in a core dump: " +
	"their memory is protected on Linux only")

// pages returns ordinary memory: the product runs on Linux, and this lets it be developed elsewhere.
func pages(size int) ([]byte, error) { return make([]byte, size), errHeap }
