package eip3076_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

func marker(b byte) eip3076.Marker { return *storetest.Marks(b) }

var (
	markedKey   = messages.PublicKey{0xa9, 47: 1}
	markedBlock = eip3076.Block{Slot: 7, SigningRoot: messages.Root{9}, HasRoot: true}
	markedVote  = eip3076.Attestation{Source: 3, Target: 4, SigningRoot: messages.Root{9}, HasRoot: true}
	markedHead  = eip3076.Head{Summary: eip3076.Summary{Low: eip3076.Floor{Slot: 1}, Top: eip3076.Floor{Slot: 8}}}
)

// TestMarkIsHMAC composes the authenticated text by hand, so that the format of stored rows cannot change unnoticed.
func TestMarkIsHMAC(t *testing.T) {
	text := slices.Concat([]byte{1, 2}, markedKey[:], []byte{7: 3}, []byte{7: 4}, make([]byte, 5*8), []byte{1}, markedVote.SigningRoot[:])
	mac := hmac.New(sha256.New, append([]byte{5}, make([]byte, 31)...))
	mac.Write(text)
	got := marker(5).Attestation(markedKey, markedVote)
	if got.Scheme != eip3076.HMACSHA256 || !slices.Equal(got.MAC, mac.Sum(nil)) {
		t.Errorf("got %v", got)
	}
}

func TestMarkIsChecked(t *testing.T) {
	m := marker(1)
	block, vote, head := m.Block(markedKey, markedBlock), m.Attestation(markedKey, markedVote), m.Head(markedKey, markedHead)
	other := messages.PublicKey{0xa9, 47: 2}
	unmarked := eip3076.Mark{}
	for name, c := range map[string]struct {
		err    error
		reason string
	}{
		"block":              {m.CheckBlock(markedKey, markedBlock, block), ""},
		"vote":               {m.CheckAttestation(markedKey, markedVote, vote), ""},
		"head":               {m.CheckHead(markedKey, markedHead, head), ""},
		"unmarked, no key":   {eip3076.Marker{}.CheckBlock(markedKey, markedBlock, unmarked), ""},
		"no MAC":             {m.CheckBlock(markedKey, markedBlock, eip3076.Mark{Scheme: eip3076.HMACSHA256}), eip3076.ReasonMismatch},
		"other key":          {marker(2).CheckBlock(markedKey, markedBlock, block), eip3076.ReasonMismatch},
		"other validator":    {m.CheckBlock(other, markedBlock, block), eip3076.ReasonMismatch},
		"other slot":         {m.CheckBlock(markedKey, eip3076.Block{Slot: 8, SigningRoot: messages.Root{9}, HasRoot: true}, block), eip3076.ReasonMismatch},
		"root taken away":    {m.CheckBlock(markedKey, eip3076.Block{Slot: 7}, block), eip3076.ReasonMismatch},
		"block as vote":      {m.CheckAttestation(markedKey, eip3076.Attestation{Source: 7}, block), eip3076.ReasonMismatch},
		"lower top":          {m.CheckHead(markedKey, eip3076.Head{Summary: eip3076.Summary{Low: eip3076.Floor{Slot: 1}}}, head), eip3076.ReasonMismatch},
		"import forgotten":   {m.CheckHead(markedKey, eip3076.Head{Summary: markedHead.Summary, Imported: eip3076.Imported{Blocks: true}}, head), eip3076.ReasonMismatch},
		"mark taken away":    {m.CheckBlock(markedKey, markedBlock, unmarked), eip3076.ReasonUnsupportedScheme},
		"marked, no key":     {eip3076.Marker{}.CheckBlock(markedKey, markedBlock, block), eip3076.ReasonUnsupportedScheme},
		"scheme of tomorrow": {m.CheckBlock(markedKey, markedBlock, eip3076.Mark{Scheme: 2, MAC: block.MAC}), eip3076.ReasonUnsupportedScheme},
	} {
		var row eip3076.RowError
		if refused := errors.As(c.err, &row); refused != (c.reason != "") || row.Reason != c.reason {
			t.Errorf("%s: got %v, want %q", name, c.err, c.reason)
		}
		if c.err != nil && !errors.Is(c.err, messages.ErrRowRefused) {
			t.Errorf("%s: %v is no refusal of a row", name, c.err)
		}
	}
}

// TestMarksDiffer marks two different facts: whatever differs, the marks differ too.
func TestMarksDiffer(t *testing.T) {
	vote := rapid.Custom(func(t *rapid.T) eip3076.Attestation {
		n := rapid.Uint64Range(0, 3)
		a := eip3076.Attestation{Source: n.Draw(t, "source"), Target: n.Draw(t, "target"), HasRoot: rapid.Bool().Draw(t, "has root")}
		if a.HasRoot {
			a.SigningRoot[31] = rapid.Byte().Draw(t, "root")
		}
		return a
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := vote.Draw(t, "a"), vote.Draw(t, "b")
		err := marker(1).CheckAttestation(markedKey, b, marker(1).Attestation(markedKey, a))
		if (err == nil) != (a == b) {
			t.Fatalf("%v marked, %v checked: %v", a, b, err)
		}
	})
}

func BenchmarkMark(b *testing.B) {
	m := marker(1)
	for b.Loop() {
		m.Attestation(markedKey, markedVote)
	}
}
