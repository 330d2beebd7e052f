package cache

import (
	"bytes"
	"testing"

	"containment-chamber/actors/box"
)

// Keys for different uses, files and keys of caches differ.
func TestKeysAreApart(t *testing.T) {
	data, salt := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, saltSize)
	seen := map[string]string{}
	for name, k := range map[string][]byte{
		"names":             derive(data, nil, "names"),
		"file":              derive(data, nil, "file"),
		"records":           derive(data, nil, "records"),
		"wrapping":          derive(data, salt, "wrapping"),
		"another salt":      derive(data, data, "wrapping"),
		"another cache key": derive(salt, salt, "wrapping"),
	} {
		if twin, ok := seen[string(k)]; ok || len(k) != 32 {
			t.Errorf("%s is %s", name, twin)
		}
		seen[string(k)] = name
	}
}

// Two files never have a data key or a nonce in common.
func TestSealsAreFresh(t *testing.T) {
	key := func() *Key { return &Key{[KeySize]byte{1}} }
	a, b := newSeals(key()), newSeals(key())
	if bytes.Equal(a.names, b.names) || bytes.Equal(a.header, b.header) {
		t.Error("two files have the same keys")
	}
	text := make([]byte, 32)
	if bytes.Equal(box.Seal(a.records, text, nil)[:12], box.Seal(a.records, text, nil)[:12]) {
		t.Error("two records have the same nonce")
	}
	again, ok := openSeals(key(), a.header)
	if !ok || !bytes.Equal(again.names, a.names) || !bytes.Equal(again.file, a.file) {
		t.Error("a header does not give its own keys back")
	}
	if _, ok := openSeals(&Key{}, a.header); ok {
		t.Error("any key opens it")
	}
}

// A record opens under its own name and public key only.
func TestRecordsAreBound(t *testing.T) {
	s := newSeals(&Key{})
	name, public := [32]byte{1}, [48]byte{2}
	sealed := box.Seal(s.records, make([]byte, 32), bound(name, public))
	if _, err := box.Open(s.records, sealed, bound(name, public)); err != nil {
		t.Error(err)
	}
	for what, bound := range map[string][]byte{
		"another name": bound([32]byte{2}, public), "another public key": bound(name, [48]byte{1}), "nothing": nil,
	} {
		if _, err := box.Open(s.records, sealed, bound); err == nil {
			t.Errorf("it opens under %s", what)
		}
	}
}
