package keys_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// plantMany writes n keys as one file each, or all into one file.
func plantMany(t testing.TB, dir string, n int, inOne bool) {
	t.Helper()
	var all strings.Builder
	for i := range n {
		if inOne {
			all.WriteString("---\n" + document(i))
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), []byte(document(i)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if inOne {
		if err := os.WriteFile(filepath.Join(dir, "all.yaml"), []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// heap is what is in use on the Go heap, in bytes.
func heap() int64 {
	var m runtime.MemStats
	for range 2 { // the second collects what the first has finalized
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// bulk is a keys actor in real time.
type bulk struct {
	system *actors.System
	ref    actors.Ref[messages.Keys]
	done   chan messages.KeysLoaded
}

func (l *bulk) await(t testing.TB) messages.KeysLoaded {
	t.Helper()
	select {
	case e := <-l.done:
		return e
	case <-time.After(time.Minute):
		t.Fatal("loading does not end")
		return messages.KeysLoaded{}
	}
}

func newBulk(t testing.TB) *bulk {
	l := &bulk{system: actors.NewSystem(slog.New(slog.DiscardHandler)), done: make(chan messages.KeysLoaded, 1)}
	l.system.Observe(func(e messages.Event) {
		if done, ok := e.(messages.KeysLoaded); ok {
			l.done <- done
		}
	})
	t.Cleanup(func() {
		if err := l.system.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return l
}

// load loads a directory, and says what it took and how many bytes of heap each key has.
func (l *bulk) load(t testing.TB, dir string) (done messages.KeysLoaded, each int64) {
	t.Helper()
	before := heap()
	l.ref = actors.Start[messages.Keys](l.system, keys.Spec(keys.Config{
		Scan:    func() directory.Listing { return directory.Scan([]string{dir}, directory.Options{}) },
		Loaders: runtime.GOMAXPROCS(0), Memory: 1 << 30,
	}))
	done = l.await(t)
	return done, (heap() - before) / int64(max(1, done.Loaded))
}

// TestManyKeys states what many raw keys cost, a file each. Times are stated and not judged, for machines are busy; the
// benchmark has those of 10,000.
func TestManyKeys(t *testing.T) {
	const many = 2000
	dir := t.TempDir()
	plantMany(t, dir, many, false)
	l := newBulk(t)
	done, each := l.load(t, dir)
	t.Logf("%d keys in %v, %d bytes of heap each", done.Loaded, done.Took.Round(time.Millisecond), each)
	if done.Loaded != many || done.Failures != 0 {
		t.Errorf("%+v", done)
	}
	if each > 1024 {
		t.Errorf("a key takes %d bytes", each)
	}
	if _, err := actors.Ask(t.Context(), l.ref, messages.ReloadKeys{}); err != nil {
		t.Fatal(err)
	}
	again := l.await(t)
	t.Logf("a reload of the same in %v", again.Took.Round(time.Millisecond))
	if !again.Reload || again.Added+again.Removed != 0 {
		t.Errorf("%+v", again)
	}
	ring, err := actors.Ask(t.Context(), l.ref, messages.GetKeyRing{})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := ring.(*bls.Ring).Key(numbered(t, many-1).PublicKey()); !ok {
		t.Error("the last key is missing")
	}
}

// BenchmarkLoad10k is the time from the start of the actor to the last of 10,000 raw keys, and the heap that they take.
func BenchmarkLoad10k(b *testing.B) {
	for name, inOne := range map[string]bool{"files": false, "documents": true} {
		b.Run(name, func(b *testing.B) {
			dir := b.TempDir()
			plantMany(b, dir, 10_000, inOne)
			for b.Loop() {
				done, each := newBulk(b).load(b, dir)
				b.ReportMetric(done.Took.Seconds(), "s/load")
				b.ReportMetric(float64(each), "B/key")
			}
		})
	}
}
