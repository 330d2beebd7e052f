//go:build goexperiment.runtimesecret && linux && (amd64 || arm64) && !race

package quorum_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"containment-chamber/actors/seal/quorum"
)

// hidden is a text that the test itself does not leave in memory: its bits are turned over.
type hidden []byte

func newHidden() hidden {
	text := make([]byte, 40)
	rand.Read(text)
	for i, b := range text {
		text[i] = ^(33 + b%90)
	}
	return text
}

// use lends the text to f, and wipes it.
func (h hidden) use(f func([]byte)) {
	text := h.inverted()
	defer clear(text)
	f(text)
}

func (h hidden) inverted() []byte {
	text := make([]byte, len(h))
	for i, b := range h {
		text[i] = ^b
	}
	return text
}

// pieces counts places in the memory that this process can write to where at least eight bytes of the text stand. It finds
// any twelve that stand together.
func (h hidden) pieces(t *testing.T) (found int) {
	t.Helper()
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		t.Skip("this system does not show a process its own memory: ", err)
	}
	defer maps.Close()
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Skip("this system does not let a process read its own memory: ", err)
	}
	defer memory.Close()
	chunk := make([]byte, 1<<20)
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		var from, to int64
		_, err := fmt.Sscanf(lines.Text(), "%x-%x", &from, &to)
		if err != nil || !strings.Contains(lines.Text(), " rw") {
			continue
		}
		for ; from < to; from += int64(len(chunk)) {
			n, _ := memory.ReadAt(chunk[:min(int64(len(chunk)), to-from)], from)
			for i := range chunk[:n] {
				chunk[i] = ^chunk[i]
			}
			for i := 0; i+8 <= len(h); i += 4 {
				found += bytes.Count(chunk[:n], h[i:i+8])
			}
			clear(chunk)
		}
	}
	return found
}

// After a passphrase was checked, and used rightly and wrongly, nothing of it is left.
func TestPassphraseIsErased(t *testing.T) {
	h := newHidden()
	h.use(func(text []byte) {
		if h.pieces(t) == 0 {
			t.Error("it is not found while it is there: this test looks in the wrong place")
		}
		if err := quorum.CheckPassphrase(text, "alice", nil); err != nil {
			t.Error(err)
		}
		c := quorum.SealUnderPassphrase(share, text, binding)
		got, err := c.OpenWithPassphrase(text, binding)
		wantShare(t, got, err)
		_, _ = c.OpenWithPassphrase(text, quorum.Binding{})
	})
	runtime.GC()
	runtime.GC() // the sweep has ended
	if n := h.pieces(t); n > 0 {
		t.Errorf("%d pieces of it are left", n)
	}
}
