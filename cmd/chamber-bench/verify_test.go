package main

import (
	"testing"

	"containment-chamber/actors/keys/bls"
)

func TestJudge(t *testing.T) {
	keys, err := benchKeys(2)
	if err != nil {
		t.Fatal(err)
	}
	secret := benchSecret(1)
	key, err := bls.NewSecretKey(secret[:])
	if err != nil {
		t.Fatal(err)
	}
	root := rootOf(7)
	signature, err := bls.Sign(bls.NewMessage(root), key)
	if err != nil {
		t.Fatal(err)
	}
	hex := signature.String()
	seen := &tally{prints: []uint64{1, 2, 1}, samples: []sample{
		{1, root, hex},
		{0, root, hex},      // of another key
		{1, rootOf(8), hex}, // of another message
		{1, root, "0xzz"},
	}}
	if got, want := judge(seen, keys), (verdict{4, 3, 1}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestDuplicates(t *testing.T) {
	if got := duplicates([]uint64{3, 1, 3, 2, 3, 1}); got != 3 {
		t.Errorf("%d duplicates, want 3", got)
	}
	if got := duplicates(nil); got != 0 {
		t.Errorf("%d duplicates of nothing", got)
	}
}
