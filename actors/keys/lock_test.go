package keys_test

import (
	"errors"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestKeysFollowTheSeal(t *testing.T) {
	inVault(t, []int{1, 2, 3}, func(v *vault) {
		for range 3 {
			v.expect(messages.ErrSealed, 1, 2, 3)
			v.expect(messages.ErrUnknownKey, 4)
			if s := v.status(); s.Loaded != 1 || s.Sealed != 3 || len(v.ring().PublicKeys()) != 1 {
				v.T.Errorf("sealed: %+v", s)
			}
			v.unseal()
			v.expect(nil, 1, 2, 3)
			if s := v.status(); s.Loaded != 4 || s.Sealed != 0 || s.Sources[1] != (messages.KeySource{Name: "sqlite", Loaded: 3}) {
				v.T.Errorf("unsealed: %+v", s)
			}
			if e := actorstest.Expect[messages.KeysLoaded](v.Kit); e.Source != "sqlite" || e.Reload || e.Loaded != 3 || e.Added != 3 || e.Failures != 0 {
				v.T.Errorf("published %+v", e)
			}
			v.wiped()
			before := v.ring()
			if err := v.sealUp(); err != nil {
				v.T.Errorf("the drop was answered with %v", err)
			}
			for n := 1; n <= 3; n++ {
				if err := sign(before, sealedKey(n)); !errors.Is(err, messages.ErrSealed) {
					v.T.Errorf("a ring from before: %v", err)
				}
			}
			if e := actorstest.Expect[messages.KeysChanged](v.Kit); e.Source != "sqlite" || e.Removed != 3 || e.Total != 0 {
				v.T.Errorf("published %+v", e)
			}
		}
		if e := actorstest.Events[messages.SealedKeysListed](v.Kit); len(e) != 1 || e[0].Active != 3 {
			v.T.Errorf("listed %+v", e)
		}
	})
}

// A crash wipes the keys, whatever the seal says meanwhile; if it is open they come back by themselves.
func TestCrashWipesAndReopens(t *testing.T) {
	inVault(t, []int{1, 2}, func(v *vault) {
		v.unseal()
		before := v.ring()
		v.Crash("test/keys")
		if err := sign(before, sealedKey(1)); !errors.Is(err, messages.ErrSealed) {
			v.T.Errorf("crashed: %v", err)
		}
		v.Advance(time.Minute)
		v.expect(nil, 1, 2)
		v.Crash("test/keys")
		if err := v.sealUp(); err == nil {
			v.T.Error("a dead actor has confirmed")
		}
		v.Advance(time.Minute)
		v.expect(messages.ErrSealed, 1, 2)
		v.unseal()
		v.expect(nil, 1, 2)
		v.wiped()
	})
}

// A seal that crashes has lost the master key, and everything that comes from it goes with it.
func TestCrashOfTheSealWipes(t *testing.T) {
	inVault(t, []int{1}, func(v *vault) {
		v.unseal()
		v.state.open = false
		v.Crash("test/seal")
		v.expect(messages.ErrSealed, 1)
		v.Advance(time.Minute) // until it is there again
		v.unseal()
		v.expect(nil, 1)
	})
}
