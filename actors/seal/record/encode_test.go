package record_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"containment-chamber/actors/seal/record"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// examples are records of all stages.
func examples(t failer) map[string]record.Record {
	kms := newChamber(t, plan(3, 2, 0, 0))
	people := newChamber(t, plan(2, 1, 3, 2))
	first := people.record
	people.register("operator-1")
	second := people.record
	people.register("operator-0", "operator-2")
	draft, err := people.record.Renew(plan(0, 0, 2, 2), people.master)
	if err != nil {
		t.Fatal(err)
	}
	rotating := people.record.Open().Propose(people.wrap(draft), messages.CeremonyRotateMode)
	key := fresh(kms.arena)
	record.Derive(kms.record.Chamber, kms.master, key, messages.PurposeTokens)
	tokens, _ := kms.record.Open().Issue(key, "alice", at)
	return map[string]record.Record{
		"kms": kms.record, "registering": first, "registering still": second, "ready": people.record, "rotating": rotating,
		"opened": tokens, "sealed": tokens.Seal("bob", "fire", at), "undone": first.Abort(),
	}
}

func stateKey(arena *secmem.Arena) *secmem.Secret {
	key := fresh(arena)
	key.Use(func(b *[32]byte) { copy(b[:], "a key that authenticates records") })
	return key
}

func TestEncodeDecode(t *testing.T) {
	key := stateKey(&secmem.Arena{})
	for name, r := range examples(t) {
		for _, with := range []*secmem.Secret{nil, key} {
			body, err := record.Encode(r, with)
			if err != nil {
				t.Fatal(name, err)
			}
			s, err := record.Decode(body)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if again, _ := record.Encode(s.Record, with); !bytes.Equal(again, body) || !bytes.Equal(s.Bytes(), body) {
				t.Errorf("%s: encoded anew it is another text", name)
			}
			if s.Marked() != (name == "sealed") {
				t.Errorf("%s: marked is %t", name, s.Marked())
			}
			s.Hold = true
			held, err := record.Decode(s.Bytes())
			if err != nil || !held.Marked() {
				t.Errorf("%s: held: %v", name, err)
			}
			if with != nil && held.Authentic(key) != nil {
				t.Errorf("%s: a hold makes the tag wrong", name)
			}
		}
	}
}

// TestEveryBitCounts flips each bit of a record in turn: it is refused, by a name.
func TestEveryBitCounts(t *testing.T) {
	key := stateKey(&secmem.Arena{})
	body, err := record.Encode(examples(t)["opened"], key)
	if err != nil {
		t.Fatal(err)
	}
	for i := range body {
		for bit := range 8 {
			flipped := bytes.Clone(body)
			flipped[i] ^= 1 << bit
			if i == 1 && flipped[1] == 1 {
				continue // a hold seals, and anybody may
			}
			s, err := record.Decode(flipped)
			if err == nil {
				err = s.Authentic(key)
			}
			if !errors.Is(err, messages.ErrStateRefused) {
				t.Fatalf("byte %d, bit %d (%q): %v", i, bit, flipped[max(0, i-20):min(len(flipped), i+20)], err)
			}
		}
		if _, err := record.Decode(body[:i]); !errors.Is(err, messages.ErrStateRefused) {
			t.Fatalf("cut off after %d bytes: %v", i, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	body, err := record.Encode(examples(t)["ready"], nil)
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, replacement string) []byte {
		changed := bytes.Replace(body, []byte(old), []byte(replacement), 1)
		if bytes.Equal(changed, body) {
			t.Fatalf("%q is not in it", old)
		}
		return changed
	}
	newer := bytes.Clone(body)
	newer[0]++
	for name, test := range map[string]struct {
		body []byte
		want error
	}{
		"nothing": {nil, record.ErrDamaged}, "newer": {newer, record.ErrNewer}, "large": {make([]byte, record.MaxSize+1), record.ErrDamaged},
		"trailing": {append(bytes.Clone(body), ' '), record.ErrDamaged}, "two": {append(bytes.Clone(body), "{}"...), record.ErrDamaged},
		"a field twice":     {change(`"serial":`, `"serial":1,"serial":`), record.ErrDamaged},
		"an unknown field":  {change(`"serial":`, `"more":1,"serial":`), record.ErrDamaged},
		"another spelling":  {change(`"serial":`, `"Serial":`), record.ErrDamaged},
		"a space":           {change(`"serial":`, `"serial": `), record.ErrDamaged},
		"another stage":     {change(`"stage":"ready"`, `"stage":"registering"`), record.ErrDamaged},
		"an unknown stage":  {change(`"stage":"ready"`, `"stage":"open"`), record.ErrDamaged},
		"no threshold":      {change(`"threshold":1`, `"threshold":0`), record.ErrDamaged},
		"a high threshold":  {change(`"threshold":1`, `"threshold":3`), record.ErrDamaged},
		"a generation more": {change(`"generation":1,"threshold"`, `"generation":2,"threshold"`), record.ErrDamaged},
		"a name twice":      {change(`"name":"operator-1"`, `"name":"operator-0"`), record.ErrDamaged},
		"a reference twice": {change(`"reference":"file:/keys/1"`, `"reference":"file:/keys/0"`), record.ErrDamaged},
		"no reference":      {change(`"reference":"file:/keys/1"`, `"reference":"http://x"`), record.ErrDamaged},
		"another kind":      {change(`"kind":"yubikey"`, `"kind":"registration"`), record.ErrDamaged},
	} {
		if _, err := record.Decode(test.body); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStripped: a tag cannot be taken off a record that was ever open.
func TestStripped(t *testing.T) {
	key := stateKey(&secmem.Arena{})
	for name, r := range examples(t) {
		body, err := record.Encode(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, err := record.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s.Authentic(key), r.Opened; errors.Is(got, record.ErrForged) != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTextsAreCut(t *testing.T) {
	r := examples(t)["opened"].Seal(strings.Repeat("ä", 300), strings.Repeat("x", 1000), at)
	body, err := record.Encode(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := record.Decode(body); err != nil || len(r.Emergency.Reason) != 200 {
		t.Error(err, len(r.Emergency.Reason))
	}
}

func FuzzDecode(f *testing.F) {
	for _, r := range examples(f) {
		body, err := record.Encode(r, nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
		f.Add(body[:len(body)/2])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := record.Decode(body)
		if err != nil {
			if !errors.Is(err, messages.ErrStateRefused) {
				t.Errorf("no name: %v", err)
			}
			return
		}
		if !bytes.Equal(s.Bytes(), body) {
			t.Error("decoded and encoded it is another text")
		}
	})
}
