package bls_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// Only keeps what is wanted, leaves the old ring as it was, and wipes nothing.
func TestRingOnly(t *testing.T) {
	keys := make([]*bls.SecretKey, 12)
	for i := range keys {
		keys[i] = numbered(t, uint64(i+1))
	}
	ring := bls.NewRing(keys...)
	rapid.Check(t, func(rt *rapid.T) {
		wanted := rapid.SliceOfN(rapid.Bool(), len(keys), len(keys)).Draw(rt, "wanted")
		want := func(k messages.PublicKey) bool { return wanted[slices.Index(ring.PublicKeys(), k)] }
		smaller, left := ring.Only(want)
		if smaller.Len()+left != ring.Len() || ring.Len() != len(keys) {
			rt.Fatalf("%d kept, %d left of %d", smaller.Len(), left, ring.Len())
		}
		for i, public := range ring.PublicKeys() {
			key, kept := smaller.Key(public)
			if old, _ := ring.Key(public); kept != wanted[i] || kept && key != old {
				rt.Fatalf("key %d: kept %v, wanted %v", i, kept, wanted[i])
			}
		}
	})
	none, left := ring.Only(func(messages.PublicKey) bool { return false })
	key, _ := ring.Key(keys[0].PublicKey())
	if _, err := bls.Sign(bls.NewMessage(messages.Root{1}), key); err != nil || none.Len() != 0 || left != len(keys) {
		t.Errorf("%d kept, signing with a key that was left out: %v", none.Len(), err)
	}
}
