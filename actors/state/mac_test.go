package state_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/state"
)

func drawRecord(t *rapid.T) state.Record {
	return state.Record{
		Name:    rapid.SampledFrom(state.Names()).Draw(t, "name"),
		Version: rapid.Uint64().Draw(t, "version"),
		Body:    rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "body"),
	}
}

func drawKey(t *rapid.T) []byte {
	return rapid.SliceOfN(rapid.Byte(), state.KeySize, state.KeySize).Draw(t, "key")
}

func drawChamber(t *rapid.T) state.ChamberID {
	return state.ChamberID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "chamber"))
}

func same(a, b state.Record) bool {
	return a.Name == b.Name && a.Version == b.Version && bytes.Equal(a.Body, b.Body)
}

// The tag was computed by another program (Python's hmac module).
func TestTagIsWhatItIsSaidToBe(t *testing.T) {
	key := make([]byte, state.KeySize)
	for i := range key {
		key[i] = byte(i)
	}
	chamber := state.ChamberID(bytes.Repeat([]byte{0xcc}, 16))
	got := state.Authenticate(key, chamber, state.Record{Name: state.Seal, Version: 7, Body: []byte("the body")})
	want := "01" + "f98310ea5687599656a8dd16d8f9fc0dfc9a28be973a1cffc205b6374499fdda" + hex.EncodeToString([]byte("the body"))
	if hex.EncodeToString(got.Body) != want {
		t.Errorf("got %x, want %s", got.Body, want)
	}
}

func TestAuthenticatedIsVerified(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, chamber, r := drawKey(t), drawChamber(t), drawRecord(t)
		tagged := state.Authenticate(key, chamber, r)
		if got, err := state.Verify(key, chamber, tagged); err != nil || !same(got, r) {
			t.Fatalf("verify: got %v, %v", got, err)
		}
		if got, has, err := state.Peek(tagged); err != nil || !has || !same(got, r) {
			t.Fatalf("peek: got %v, %v, %v", got, has, err)
		}
	})
}

// Whatever is changed of a record, of the chamber or of the key is noticed.
func TestForgeriesAreRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key, chamber, r := drawKey(t), drawChamber(t), drawRecord(t)
		tagged := state.Authenticate(key, chamber, r)
		switch rapid.IntRange(0, 5).Draw(t, "forgery") {
		case 0:
			tagged.Name = rapid.SampledFrom(state.Names()).Filter(func(n string) bool { return n != r.Name }).Draw(t, "other name")
		case 1:
			tagged.Version ^= 1 << rapid.IntRange(0, 63).Draw(t, "bit")
		case 2:
			bit := rapid.IntRange(0, 8*len(tagged.Body)-1).Draw(t, "bit")
			tagged.Body[bit/8] ^= 1 << (bit % 8)
		case 3:
			tagged.Body = tagged.Body[:rapid.IntRange(0, len(tagged.Body)-1).Draw(t, "length")]
		case 4:
			chamber[rapid.IntRange(0, 15).Draw(t, "byte")] ^= 1
		case 5:
			key[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
		}
		if _, err := state.Verify(key, chamber, tagged); !errors.Is(err, state.ErrForged) && !errors.Is(err, state.ErrNewer) {
			t.Fatalf("got %v", err)
		}
	})
}

func TestTagCannotBeStripped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRecord(t)
		left := state.LeaveOpen(r)
		if got, has, err := state.Peek(left); err != nil || has || !same(got, r) {
			t.Fatalf("peek: got %v, %v, %v", got, has, err)
		}
		if _, err := state.Verify(drawKey(t), drawChamber(t), left); !errors.Is(err, state.ErrForged) {
			t.Fatalf("verify: %v", err)
		}
	})
}

func TestUnknownSchemeIsANewerProgram(t *testing.T) {
	for scheme := 2; scheme < 256; scheme++ {
		if _, _, err := state.Peek(state.Record{Name: state.Seal, Version: 1, Body: []byte{byte(scheme), 1, 2, 3}}); !errors.Is(err, state.ErrNewer) {
			t.Errorf("scheme %d: %v", scheme, err)
		}
	}
}

// What is inside grows into memory of its own, not over what a caller holds.
func TestOpenedBodyIsClipped(t *testing.T) {
	tagged := state.Authenticate(make([]byte, state.KeySize), state.ChamberID{}, state.Record{Name: state.Seal, Version: 1, Body: []byte("abc")})
	backing := append(tagged.Body, "beyond"...)
	tagged.Body = backing[:len(tagged.Body)]
	inner, err := state.Verify(make([]byte, state.KeySize), state.ChamberID{}, tagged)
	if err != nil {
		t.Fatal(err)
	}
	_ = append(inner.Body, "BEYOND"...)
	if !bytes.HasSuffix(backing, []byte("beyond")) {
		t.Error("appending to the opened body wrote over its neighbour")
	}
}

func FuzzPeek(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte{0})
	f.Add(append([]byte{1}, make([]byte, 31)...))
	f.Add(append([]byte{1}, make([]byte, 40)...))
	f.Add([]byte{2, 3})
	f.Fuzz(func(t *testing.T, body []byte) {
		r := state.Record{Name: state.Seal, Version: 1, Body: body}
		inner, tagged, err := state.Peek(r)
		if err == nil && !tagged && !same(state.LeaveOpen(inner), r) {
			t.Errorf("%x was read as %x", body, inner.Body)
		}
		if _, err := state.Verify(make([]byte, state.KeySize), state.ChamberID{}, r); err == nil && !same(state.Authenticate(make([]byte, state.KeySize), state.ChamberID{}, inner), r) {
			t.Errorf("%x is taken for authentic", body)
		}
	})
}
