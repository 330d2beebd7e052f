package secmem_test

import (
	"runtime"
	"sync"
	"testing"

	"containment-chamber/actors/secmem"
)

func newSecret(t testing.TB, a *secmem.Arena) *secmem.Secret {
	t.Helper()
	s, err := a.New()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at tells where a secret lies.
func at(s *secmem.Secret) (address *[secmem.Size]byte) {
	s.Use(func(b *[secmem.Size]byte) { address = b })
	return address
}

// More secrets than one slab holds, made at the same time, all lie apart, and begin as zeros.
func TestSecretsLieApart(t *testing.T) {
	const makers, each = 4, 1500
	var a secmem.Arena
	var group sync.WaitGroup
	made := make([][]*secmem.Secret, makers)
	for m := range made {
		group.Go(func() {
			for range each {
				s, err := a.New()
				if err != nil {
					t.Error(err)
					return
				}
				s.Use(func(b *[secmem.Size]byte) {
					if *b != [secmem.Size]byte{} {
						t.Error("a new secret is not zero")
					}
					for i := range b {
						b[i] = byte(m + 1)
					}
				})
				made[m] = append(made[m], s)
			}
		})
	}
	group.Wait()
	seen := map[*[secmem.Size]byte]bool{}
	for m, secrets := range made {
		for _, s := range secrets {
			seen[at(s)] = true
			s.Use(func(b *[secmem.Size]byte) {
				for _, v := range b {
					if v != byte(m+1) {
						t.Fatal("a secret was overwritten by another")
					}
				}
			})
		}
	}
	if len(seen) != makers*each {
		t.Errorf("%d places for %d secrets", len(seen), makers*each)
	}
}

// A wiped secret keeps its place as long as somebody could read it.
func TestWipedPlaceIsNotReused(t *testing.T) {
	var a secmem.Arena
	wiped := newSecret(t, &a)
	wiped.Use(func(b *[secmem.Size]byte) { b[0] = 1 })
	wiped.Wipe()
	wiped.Wipe()
	for range 3000 {
		if at(newSecret(t, &a)) == at(wiped) {
			t.Fatal("the place was given away while the secret was in use")
		}
	}
	runtime.GC()
	if b := *at(wiped); b != [secmem.Size]byte{} {
		t.Error("the secret was not wiped")
	}
	runtime.KeepAlive(wiped)
}

// A forgotten secret is wiped by the garbage collector, and its place is used again.
func TestForgottenPlaceIsReused(t *testing.T) {
	var a secmem.Arena
	address := func() *[secmem.Size]byte {
		s := newSecret(t, &a)
		s.Use(func(b *[secmem.Size]byte) { b[31] = 7 })
		return at(s)
	}()
	var kept []*secmem.Secret
	for {
		runtime.GC()
		next := newSecret(t, &a)
		if at(next) == address {
			break // otherwise the test's own deadline ends it
		}
		kept = append(kept, next)
	}
	runtime.KeepAlive(kept)
	if *address != [secmem.Size]byte{} {
		t.Error("it was not wiped")
	}
}

func BenchmarkNew(b *testing.B) {
	var a secmem.Arena
	full := make([]*secmem.Secret, 10_000)
	for i := range full {
		full[i] = newSecret(b, &a)
	}
	for b.Loop() {
		newSecret(b, &a)
	}
}
