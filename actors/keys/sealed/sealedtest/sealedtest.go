// Package sealedtest is for tests of sealed keys: keys to seal, keys to seal them under, and the conformance suite of the
// port [sealed.Store], which whoever implements the port runs and passes ([Run]).
//
// # Decisions
//
// All keys are made of small numbers, so that a failure can be repeated. Of stores the suite asks what is promised, and
// nothing about tables or files.
package sealedtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"containment-chamber/actors/box"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/sealed"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// Secret is the secret of key n.
func Secret(n int) []byte {
	sum := sha256.Sum256([]byte{byte(n >> 16), byte(n >> 8), byte(n)})
	sum[0] = 0 // below the order of the group
	return sum[:]
}

// Key is key n.
func Key(n int) *bls.SecretKey {
	key, err := bls.NewSecretKey(Secret(n))
	if err != nil {
		panic("sealedtest: a key that is none")
	}
	return key
}

// Derived is the key of chamber n, from 0 to 255.
func Derived(n int) messages.DerivedKey {
	key, err := new(secmem.Arena).New()
	if err != nil {
		panic("sealedtest: no memory")
	}
	key.Use(func(b *[secmem.Size]byte) { copy(b[:], bytes.Repeat([]byte{byte(n)}, secmem.Size)) })
	return messages.DerivedKey{Key: key, ChamberID: hex.EncodeToString(bytes.Repeat([]byte{byte(n)}, 16)), Generation: 1}
}

// Rows are rows of the keys with these numbers, of chamber 1, in ascending order of their public keys.
func Rows(numbers ...int) []sealed.Row {
	rows := make([]sealed.Row, len(numbers))
	for i, n := range numbers {
		rows[i] = Row(n, sealed.Attributes{Status: sealed.Active})
	}
	slices.SortFunc(rows, func(a, b sealed.Row) int { return bytes.Compare(a.PublicKey[:], b.PublicKey[:]) })
	return rows
}

// Row is the row of key n, of chamber 1.
func Row(n int, as sealed.Attributes) sealed.Row {
	row, err := sealed.Seal(Key(n), as, Derived(1))
	if err != nil {
		panic("sealedtest: a key that is wiped")
	}
	return row
}

// Forge replaces the secret of a row by one that was encrypted in the right way.
func Forge(row sealed.Row, secret []byte, under messages.DerivedKey) sealed.Row {
	data := "containment-chamber validator key 1 " + row.ChamberID + " " + row.PublicKey.String() + " " + string(row.Status) + " key"
	under.Key.Use(func(key *[box.KeySize]byte) {
		row.Sealed = append([]byte{1}, box.Seal(key[:], secret, []byte(data))...)
	})
	return row
}

// Hex reads hexadecimal digits.
func Hex(text string) []byte {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic("sealedtest: not hexadecimal")
	}
	return b
}
