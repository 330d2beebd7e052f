//go:build goexperiment.runtimesecret && linux && (amd64 || arm64)

package secmem_test

import (
	"bytes"
	"crypto/rand"
	"os"
	"runtime"
	"testing"
	"unsafe"

	"containment-chamber/actors/secmem"
)

const pieces = 100

// drop copies the mark to many places on the heap, forgets them, and returns where they were.
func drop(mark []byte) (addresses []int64) {
	for range pieces {
		secmem.Do(func() {
			secret := bytes.Repeat(mark, 100)
			addresses = append(addresses, int64(uintptr(unsafe.Pointer(unsafe.SliceData(secret)))))
		})
	}
	return addresses
}

// left counts the places where the mark still is, through the eyes of somebody who reads the process's memory.
func left(t *testing.T, mark []byte, addresses []int64) (places int) {
	t.Helper()
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Skip("this system does not let a process read its own memory: ", err)
	}
	defer memory.Close()
	for _, address := range addresses {
		found := make([]byte, 100*len(mark))
		if _, err := memory.ReadAt(found, address); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(found, mark) {
			places++
		}
		clear(found)
	}
	return places
}

func TestDoErasesTheHeap(t *testing.T) {
	mark := make([]byte, 20)
	rand.Read(mark)
	addresses := drop(mark)
	if left(t, mark, addresses) == 0 {
		t.Error("nothing is there before the garbage collector came: this test looks in the wrong place")
	}
	runtime.GC()
	runtime.GC() // the sweep has ended
	if n := left(t, mark, addresses); n > 0 {
		t.Errorf("%d of %d places are as they were", n, pieces)
	}
}
