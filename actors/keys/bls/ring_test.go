package bls_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

// numbered returns the key with the secret number n ≥ 1.
func numbered(t testing.TB, n uint64) *bls.SecretKey {
	t.Helper()
	key, err := bls.NewSecretKey(binary.BigEndian.AppendUint64(make([]byte, 24), n))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestEmptyRing(t *testing.T) {
	for name, ring := range map[string]*bls.Ring{"nil": nil, "zero": {}, "of no keys": bls.NewRing()} {
		t.Run(name, func(t *testing.T) {
			if _, found := ring.Key(messages.PublicKey{}); found || ring.Len() != 0 || len(ring.PublicKeys()) != 0 {
				t.Fatal("not empty")
			}
			key := numbered(t, 1)
			grown, duplicates := ring.With(key)
			if got, found := grown.Key(key.PublicKey()); !found || got != key || len(duplicates) != 0 || ring.Len() != 0 {
				t.Fatal("growing it failed, or changed it")
			}
		})
	}
}

func TestRingReportsDuplicates(t *testing.T) {
	first, again, other, twice := numbered(t, 1), numbered(t, 1), numbered(t, 2), numbered(t, 2)
	ring, duplicates := bls.NewRing(first).With(again, other, twice)
	if ring.Len() != 2 || !slices.Contains(duplicates, again) || !slices.Contains(duplicates, twice) || len(duplicates) != 2 {
		t.Fatalf("%d keys, %d duplicates", ring.Len(), len(duplicates))
	}
	if got, _ := ring.Key(first.PublicKey()); got != first {
		t.Error("the key that was there was replaced")
	}
	if got, _ := ring.Key(other.PublicKey()); got != other {
		t.Error("the first of two equal arguments was not taken")
	}
}

// A ring that grows in chunks is a map from public to secret keys, and no earlier ring changes.
func TestRingIsAMap(t *testing.T) {
	pool := make([]*bls.SecretKey, 20)
	for i := range pool {
		pool[i] = numbered(t, uint64(i)+1)
	}
	rapid.Check(t, func(t *rapid.T) {
		model := map[messages.PublicKey]*bls.SecretKey{}
		var ring *bls.Ring
		for _, chunk := range rapid.SliceOf(rapid.SliceOf(rapid.SampledFrom(pool))).Draw(t, "chunks") {
			before, listed := ring, slices.Clone(ring.PublicKeys())
			var duplicates []*bls.SecretKey
			ring, duplicates = ring.With(chunk...)
			added := 0
			for _, key := range chunk {
				if model[key.PublicKey()] == nil {
					model[key.PublicKey()] = key
					added++
				}
			}
			if len(duplicates) != len(chunk)-added {
				t.Fatalf("%d duplicates, want %d", len(duplicates), len(chunk)-added)
			}
			if !slices.Equal(before.PublicKeys(), listed) {
				t.Fatal("the ring before has changed")
			}
		}
		if ring.Len() != len(model) {
			t.Fatalf("%d keys, want %d", ring.Len(), len(model))
		}
		for _, key := range pool {
			if got, found := ring.Key(key.PublicKey()); got != model[key.PublicKey()] || found != (got != nil) {
				t.Fatal("another key than was put in")
			}
		}
		if !slices.IsSortedFunc(ring.PublicKeys(), func(a, b messages.PublicKey) int { return bytes.Compare(a[:], b[:]) }) {
			t.Fatal("not in ascending order")
		}
	})
}
