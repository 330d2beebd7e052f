package keys_test

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/keys/sealed/sealedtest"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// byHand runs statements on the store, as somebody would who can write to the file.
func (v *vault) byHand(text string, args ...any) {
	v.T.Helper()
	db, err := sql.Open("sqlite3", v.path)
	if err != nil {
		v.T.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(v.T.Context(), text, args...); err != nil {
		v.T.Fatal(err)
	}
}

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

// The keys that another process adds are found, and the ones that are gone go; whether the chamber is sealed or not.
func TestStoreIsFollowed(t *testing.T) {
	inVault(t, nil, func(v *vault) {
		v.add(sealedtest.Rows(1)...)
		v.Advance(refresh)
		v.expect(messages.ErrSealed, 1)
		v.unseal()
		v.add(sealedtest.Row(2, sealed.Attributes{Status: sealed.Active, Canary: true}), sealedtest.Row(3, sealed.Attributes{Status: sealed.Inactive}))
		v.Advance(refresh)
		v.expect(nil, 1, 2)
		v.expect(messages.ErrUnknownKey, 3)
		if e := actorstest.Expect[messages.KeysLoaded](v.Kit); !e.Reload || e.Added != 1 || e.Loaded != 2 {
			v.T.Errorf("published %+v", e)
		}
		if e := actorstest.Expect[messages.SealedKeysListed](v.Kit); e.Active != 2 || e.Inactive != 1 || len(e.Canaries) != 1 || e.Canaries[0] != sealedKey(2) {
			v.T.Errorf("published %+v", e)
		}
		public := sealedKey(1)
		v.byHand("DELETE FROM keys WHERE public_key = ?", public[:])
		v.Advance(refresh)
		v.expect(messages.ErrUnknownKey, 1)
		v.expect(nil, 2)
		if asked := len(v.state.handed); asked != 2 {
			v.T.Errorf("the seal was asked %d times", asked)
		}
	})
}

// Each row that is not as it was written is refused by name, and hides no other.
func TestBadRowsAreNamed(t *testing.T) {
	inVault(t, []int{1, 2, 3, 4, 5}, func(v *vault) {
		foreign, err := sealed.Seal(sealedtest.Secret(6), sealed.Attributes{Status: sealed.Active}, sealedtest.Derived(2))
		if err != nil {
			v.T.Fatal(err)
		}
		v.add(foreign, sealedtest.Row(7, sealed.Attributes{Status: sealed.Inactive}))
		key := func(n int) []byte { k := sealedKey(n); return k[:] }
		v.byHand("UPDATE keys SET sealed = (SELECT sealed FROM keys WHERE public_key = ?) WHERE public_key = ?", key(1), key(2))
		v.byHand("UPDATE keys SET sealed = substr(sealed, 1, 20) WHERE public_key = ?", key(3))
		v.byHand("UPDATE keys SET canary = 1 WHERE public_key = ?", key(4))
		v.byHand("UPDATE keys SET status = 'active' WHERE public_key = ?", key(7))
		v.unseal()
		v.expect(nil, 1, 5)
		v.expect(messages.ErrUnknownKey, 2, 3, 4, 6, 7)
		failures := map[string]error{}
		for _, f := range v.status().Failures {
			failures[f.Name] = f.Err
		}
		for n, want := range map[int]error{2: sealed.ErrEdited, 3: sealed.ErrEdited, 4: sealed.ErrEdited, 6: sealed.ErrOtherChamber, 7: sealed.ErrEdited} {
			if !errors.Is(failures[sealedKey(n).String()], want) {
				v.T.Errorf("key %d: %v, want %v", n, failures[sealedKey(n).String()], want)
			}
		}
		v.Advance(5 * refresh)
		if got := actorstest.Events[messages.KeyLoadFailed](v.Kit); len(got) != 5 || got[0].Failure.Source != "sqlite" {
			v.T.Errorf("%d failures were published: %+v", len(got), got)
		}
		v.byHand("UPDATE keys SET canary = 0 WHERE public_key = ?", key(4)) // put right again
		v.Advance(refresh)
		v.expect(nil, 4)
	})
}

// A key that a file gives as well is the file's: also while the chamber is sealed, and said once.
func TestKeyGivenTwice(t *testing.T) {
	inVault(t, []int{1}, func(v *vault) {
		twice, err := sealed.Seal(seed(100), sealed.Attributes{Status: sealed.Active}, sealedtest.Derived(1))
		if err != nil {
			v.T.Fatal(err)
		}
		v.add(twice)
		v.Advance(refresh)
		for range 2 {
			v.expect(messages.ErrSealed, 1)
			v.unseal()
			v.expect(nil, 1)
			if s := v.status(); s.Loaded != 2 || s.Duplicates != 1 || s.Sealed != 0 {
				v.T.Errorf("%+v", s)
			}
			if err := v.sealUp(); err != nil {
				v.T.Error(err)
			}
		}
		if told := actorstest.Events[messages.KeyGivenTwice](v.Kit); len(told) != 1 || told[0].Used != "filesystem" || told[0].Source != "sqlite" {
			v.T.Errorf("told %+v", told)
		}
	})
}

// held is a key that waits before it is used for the last time, or that panics.
type held struct {
	messages.Key32
	use func()
}

func (h held) Use(f func(*[secmem.Size]byte)) {
	h.use()
	h.Key32.Use(f)
}

// lend has the seal hand out keys that call use before each use.
func (v *vault) lend(use func()) {
	v.state.lend = func(d messages.DerivedKey) messages.DerivedKey {
		d.Key = held{d.Key, use}
		return d
	}
}

// A drop in the middle of an opening is confirmed when nobody opens any more, and what was opened is wiped.
func TestDropDuringOpening(t *testing.T) {
	inVault(t, []int{1, 2, 3}, func(v *vault) {
		gate := make(chan struct{})
		v.lend(func() { <-gate })
		v.unseal()
		v.expect(messages.ErrSealed, 1)
		answered := make(chan error, 1)
		v.tell(func(s *seal, c *actors.Context) {
			s.open = false
			actors.Pipe(c, v.ref, messages.DropSecrets[messages.Keys]{}, actors.Piped[messages.SecretsDropped]{
				Then: func(_ *actors.Context, _ messages.SecretsDropped, err error) { answered <- err },
			})
		})
		if len(answered) > 0 {
			v.T.Error("confirmed while keys are being opened")
		}
		close(gate)
		v.Wait()
		if len(answered) != 1 || <-answered != nil {
			v.T.Error("not confirmed")
		}
		v.expect(messages.ErrSealed, 1, 2, 3)
		v.wiped()
		v.unseal()
		v.expect(nil, 1, 2, 3)
	})
}

// A row on which the program crashes costs that row.
func TestOpenerCrash(t *testing.T) {
	inVault(t, []int{1, 2, 3, 4}, func(v *vault) {
		var uses atomic.Int32
		v.lend(func() {
			if n := uses.Add(1); n == 2 || n == 3 { // a row in the middle, and one that is opened by itself
				panic("on this row")
			}
		})
		v.unseal()
		if s := v.status(); s.Loaded != 1+3 || len(s.Failures) != 1 || !strings.Contains(s.Failures[0].Err.Error(), "crashed on this row") {
			v.T.Errorf("%+v", s)
		}
		v.wiped()
	})
}

// What the seal cannot say now, it is asked again.
func TestSealIsAskedAgain(t *testing.T) {
	inVault(t, []int{1}, func(v *vault) {
		v.state.err = messages.ErrUnavailable
		v.unseal()
		v.expect(messages.ErrSealed, 1)
		v.tell(func(s *seal, _ *actors.Context) { s.err = nil })
		v.Advance(refresh)
		v.expect(nil, 1)
		// And one that says it is sealed is believed, whoever was told what before.
		v.tell(func(s *seal, _ *actors.Context) { s.open = false })
		v.add(sealedtest.Rows(2)...)
		v.Advance(refresh)
		v.expect(messages.ErrSealed, 1, 2)
	})
}

// A store that is away keeps its keys, and is told of once.
func TestStoreAway(t *testing.T) {
	inVault(t, []int{1}, func(v *vault) {
		v.unseal()
		if err := os.Rename(v.path, v.path+".away"); err != nil {
			v.T.Fatal(err)
		}
		v.Advance(5 * refresh)
		v.expect(nil, 1)
		if got := actorstest.Events[messages.KeyLoadFailed](v.Kit); len(got) != 1 || !errors.Is(got[0].Failure.Err, sealed.ErrUnavailable) {
			v.T.Errorf("published %+v", got)
		}
		if f := v.status().Failures; len(f) != 1 {
			v.T.Errorf("failures %+v", f)
		}
		if err := os.Rename(v.path+".away", v.path); err != nil {
			v.T.Fatal(err)
		}
		v.Advance(refresh)
		if f := v.status().Failures; len(f) != 0 {
			v.T.Errorf("failures %+v", f)
		}
	})
}
