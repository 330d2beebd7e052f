package keys_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/sealed/sealedtest"
	"containment-chamber/messages"
)

// Whatever happens in whatever order: once a drop is confirmed, no ring that was ever handed out signs with a sealed key;
// a crash wipes them all; and an open chamber has all of them within a minute.
func TestNothingSignsWhileSealed(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			inVault(t, []int{0, 1, 2}, func(v *vault) {
				var rings []*bls.Ring
				keys, slow := []messages.PublicKey{sealedKey(0), sealedKey(1), sealedKey(2)}, new(atomic.Bool)
				v.lend(func() {
					if slow.Load() {
						time.Sleep(time.Millisecond)
					}
				})
				for range 30 {
					slow.Store(random.IntN(2) == 0)
					switch random.IntN(6) {
					case 0:
						v.unseal()
					case 1:
						if v.sealUp() == nil {
							expectSealed(t, rings, keys)
						}
					case 2:
						v.Wait() // a derived key that is under way to an actor that crashes is wiped by the garbage collector
						v.Crash("test/keys")
						expectSealed(t, rings, keys)
						v.Advance(time.Minute)
					case 3:
						v.add(sealedtest.Rows(len(keys))...)
						keys = append(keys, sealedKey(len(keys)))
					case 4:
						v.Advance(time.Duration(random.IntN(20_000)) * time.Millisecond)
					case 5:
						if _, err := actorstest.Ask(v.Kit, v.ref, messages.ReloadKeys{}); err != nil && !errors.Is(err, messages.ErrReloading) {
							t.Error(err)
						}
					}
					rings = append(rings, v.ring())
				}
				v.unseal()
				v.Advance(time.Minute)
				for n := range keys {
					v.expect(nil, n)
				}
				if s := v.status(); s.Loaded != len(keys)+1 || len(v.ring().PublicKeys()) != len(keys)+1 {
					t.Errorf("%d keys, %+v", len(keys), s)
				}
				v.wiped()
			})
		})
	}
}

func expectSealed(t *testing.T, rings []*bls.Ring, keys []messages.PublicKey) {
	t.Helper()
	for i, ring := range slices.Backward(rings) {
		for _, public := range keys {
			if err := sign(ring, public); err == nil {
				t.Fatalf("ring %d of %d signs with key %s", i, len(rings), public)
			}
		}
	}
}

// Thousands of keys are opened by several children.
func TestManySealedKeys(t *testing.T) {
	const many = 500
	numbers := make([]int, many)
	for i := range numbers {
		numbers[i] = i
	}
	inVault(t, numbers, func(v *vault) {
		v.unseal()
		if s := v.status(); s.Loaded != many+1 || s.Sealed != 0 {
			t.Errorf("%+v", s)
		}
		if err := v.sealUp(); err != nil || v.status().Loaded != 1 || v.status().Sealed != many {
			t.Errorf("%+v: %v", v.status(), err)
		}
	})
}
