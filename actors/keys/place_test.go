package keys_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/messages"
)

// place is a directory of raw keys under test, and the actor that serves it.
type place struct {
	*actorstest.Kit
	dir  string
	ref  actors.Ref[messages.Keys]
	scan atomic.Pointer[func()] // runs before each scan
}

// reloading tests with the keys 0 to n-1, each in the file N.yaml.
func reloading(t *testing.T, n int, test func(*place)) {
	t.Helper()
	p := &place{dir: filepath.Join(t.TempDir(), "keys")}
	for i := range n {
		p.put(t, fmt.Sprintf("%d.yaml", i), document(i))
	}
	actorstest.Run(t, func(k *actorstest.Kit) {
		p.Kit = k
		p.ref = spawn(k, func() directory.Listing {
			if before := p.scan.Load(); before != nil {
				(*before)()
			}
			return directory.Scan([]string{p.dir}, directory.Options{})
		})
		test(p)
	})
}

func (p *place) put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *place) remove(name string) {
	if err := os.RemoveAll(filepath.Join(p.dir, name)); err != nil {
		p.T.Fatal(err)
	}
}

func (p *place) beforeScan(f func()) { p.scan.Store(&f) }

// reload reloads, waits for the end, and returns the outcome.
func (p *place) reload() messages.ReloadStatus {
	p.T.Helper()
	if _, err := actorstest.Ask(p.Kit, p.ref, messages.ReloadKeys{}); err != nil {
		p.T.Fatal(err)
	}
	for p.status().State == messages.ReloadRunning {
		p.Advance(time.Second)
	}
	return p.status()
}

func (p *place) status() messages.ReloadStatus {
	p.T.Helper()
	s, err := actorstest.Ask(p.Kit, p.ref, messages.GetReloadStatus{})
	if err != nil {
		p.T.Fatal(err)
	}
	return s
}

func (p *place) ring() *bls.Ring {
	p.T.Helper()
	ring, err := actorstest.Ask(p.Kit, p.ref, messages.GetKeyRing{})
	if err != nil {
		p.T.Fatal(err)
	}
	return ring.(*bls.Ring)
}

// expect compares the ring with the keys of these numbers.
func (p *place) expect(numbers ...int) {
	p.T.Helper()
	ring := p.ring()
	for _, n := range numbers {
		if _, ok := ring.Key(numbered(p.T, n).PublicKey()); !ok {
			p.T.Errorf("key %d is missing", n)
		}
	}
	if ring.Len() != len(numbers) {
		p.T.Errorf("%d keys, want %d", ring.Len(), len(numbers))
	}
}
