package secmem

import (
	"fmt"
	"math"
	"math/bits"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Arena is where secrets lie. Its zero value is empty and ready.
type Arena struct {
	newest   atomic.Pointer[slab]
	weakness atomic.Pointer[error]
}

// New returns a secret of zeros. The only error is that the system has no memory left.
func (a *Arena) New() (*Secret, error) {
	at, err := a.take()
	if err != nil {
		return nil, err
	}
	s := &Secret{unsafe.Pointer(at.bytes())}
	runtime.AddCleanup(s, place.release, at)
	return s, nil
}

// Weakness says what the system refused to do for the secrets, and what to do about it. It is nil when they are
// protected as the package comment says, and while there are none.
func (a *Arena) Weakness() error {
	if err := a.weakness.Load(); err != nil {
		return *err
	}
	return nil
}

// take finds a free place, or makes more.
func (a *Arena) take() (place, error) {
	for {
		newest := a.newest.Load()
		for s := newest; s != nil; s = s.older {
			if i, ok := s.take(); ok {
				return place{s, i}, nil
			}
		}
		memory, err := pages(slabSize)
		if memory == nil {
			return place{}, fmt.Errorf("no memory for secrets: %w", err)
		}
		if err != nil {
			a.weakness.CompareAndSwap(nil, &err)
		}
		// When another goroutine was sooner, both slabs are of use: this one is put on top of the other's.
		fresh := &slab{memory: memory, older: newest}
		for !a.newest.CompareAndSwap(fresh.older, fresh) {
			fresh.older = a.newest.Load()
		}
	}
}

const (
	slabPlaces = 2048
	slabSize   = slabPlaces * Size // 64 KiB: whole pages on every machine, and the least that old systems let lock
)

// slab is a run of places. Slabs are a list that only grows.
type slab struct {
	memory []byte
	taken  [slabPlaces / 64]atomic.Uint64 // a bit for each place
	older  *slab
}

// take finds a place that is free, and takes it.
func (s *slab) take() (index int, found bool) {
	for i := range s.taken {
		for word := s.taken[i].Load(); word != math.MaxUint64; word = s.taken[i].Load() {
			bit := bits.TrailingZeros64(^word)
			if s.taken[i].CompareAndSwap(word, word|1<<bit) {
				return 64*i + bit, true
			}
		}
	}
	return 0, false
}

// place is one secret's memory.
type place struct {
	slab  *slab
	index int
}

func (p place) bytes() *[Size]byte { return (*[Size]byte)(p.slab.memory[p.index*Size:]) }

// release makes the place free, and leaves zeros in it.
func (p place) release() {
	clear(p.bytes()[:])
	p.slab.taken[p.index/64].And(^(uint64(1) << (p.index % 64)))
}
