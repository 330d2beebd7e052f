package main

import (
	"encoding/hex"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// verdict is what became of the signatures that were delivered.
type verdict struct{ verified, wrong, duplicates uint64 }

// judge verifies the samples, and counts signatures that came more than once: two orders never ask for the same.
func judge(t *tally, keys []messages.PublicKey) verdict {
	var wrong, next atomic.Uint64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < uint64(len(t.samples)); i = next.Add(1) - 1 {
				if !t.samples[i].valid(keys) {
					wrong.Add(1)
				}
			}
		})
	}
	all.Wait()
	return verdict{uint64(len(t.samples)), wrong.Load(), duplicates(t.prints)}
}

func (s sample) valid(keys []messages.PublicKey) bool {
	var signature messages.Signature
	if _, err := hex.Decode(signature[:], []byte(s.signature[2:])); err != nil {
		return false
	}
	return bls.Verify(keys[s.key], s.root, signature)
}

// duplicates counts the values that are there already. It sorts them.
func duplicates(prints []uint64) uint64 {
	slices.Sort(prints)
	return uint64(len(prints) - len(slices.Compact(prints)))
}
