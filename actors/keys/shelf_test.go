package keys_test

import (
	"database/sql"
	"errors"
	"os"
	"testing"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/keys/sealed/sealedtest"
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
		foreign, err := sealed.Seal(sealedtest.Key(6), sealed.Attributes{Status: sealed.Active}, sealedtest.Derived(2))
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
		twice, err := sealed.Seal(numbered(v.T, 100), sealed.Attributes{Status: sealed.Active}, sealedtest.Derived(1))
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
