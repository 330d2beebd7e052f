package dynamodb

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func drawRoot(rt *rapid.T) (messages.Root, bool) {
	if rapid.Bool().Draw(rt, "known") {
		return messages.Root{rapid.Byte().Draw(rt, "root")}, true
	}
	return messages.Root{}, false
}

func drawFloor(rt *rapid.T) eip3076.Floor {
	n := rapid.Uint64().Draw
	return eip3076.Floor{Slot: n(rt, "slot"), Source: n(rt, "source"), Target: n(rt, "target")}
}

func drawRows(rt *rapid.T) rows {
	var r rows
	for range rapid.IntRange(0, 3).Draw(rt, "blocks") {
		b := eip3076.Block{Slot: rapid.Uint64().Draw(rt, "slot")}
		b.SigningRoot, b.HasRoot = drawRoot(rt)
		r.blocks = append(r.blocks, b)
	}
	for range rapid.IntRange(0, 3).Draw(rt, "votes") {
		a := eip3076.Attestation{Source: rapid.Uint64().Draw(rt, "source"), Target: rapid.Uint64().Draw(rt, "target")}
		a.SigningRoot, a.HasRoot = drawRoot(rt)
		r.votes = append(r.votes, a)
	}
	return r
}

func drawDocument(rt *rapid.T) document {
	d := document{rows: drawRows(rt)}
	d.Low, d.Top = drawFloor(rt), drawFloor(rt)
	d.Imported = eip3076.Imported{Blocks: rapid.Bool().Draw(rt, "blocks"), Attestations: rapid.Bool().Draw(rt, "attestations")}
	d.older = older{first: 3, next: rapid.Uint64Min(3).Draw(rt, "next"), floor: drawFloor(rt), last: digest{rapid.Byte().Draw(rt, "last")}}
	for range rapid.IntRange(0, maxCuts).Draw(rt, "cuts") {
		d.older.cuts = append(d.older.cuts, cut{until: rapid.Uint64().Draw(rt, "until"), floor: drawFloor(rt)})
	}
	return d
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := drawDocument(rt)
		got, of, err := decodeDocument(d.encode())
		if err != nil {
			rt.Fatal(err)
		}
		blocks, votes := d.rows.encode()
		if got.rows, err = readRows(item{"blocks": blob(blocks), "votes": blob(votes)}, of); err != nil || !reflect.DeepEqual(got, d) {
			rt.Fatalf("got %+v, %v, want %+v", got, err, d)
		}
		b := bundle{below: drawFloor(rt), previous: digest{7}, rows: d.rows}
		read, err := readBundle(b.item("x"), "x", b.digest())
		if err != nil || !reflect.DeepEqual(read, b) {
			rt.Fatalf("got %+v, %v, want %+v", read, err, b)
		}
	})
}

// There is one text for each content: so a digest or a condition about the text is about the content.
func FuzzDecode(f *testing.F) {
	full := document{rows: rows{blocks: []eip3076.Block{{Slot: 1, HasRoot: true}}, votes: []eip3076.Attestation{{Target: 1}}}}
	full.older.cuts = []cut{{until: 1}}
	blocks, votes := full.rows.encode()
	for _, seed := range [][]byte{nil, full.encode(), document{}.encode(), bundle{}.encode(), blocks, votes, bytes.Repeat([]byte{255}, 300)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if d, of, err := decodeDocument(text); err == nil {
			again := d.encode()
			if !bytes.Equal(again[:len(again)-64], text[:len(text)-64]) || !bytes.Equal(text[len(text)-64:], append(of.blocks[:], of.votes[:]...)) {
				t.Errorf("a document is encoded as %x, was %x", again, text)
			}
		}
		if b, of, err := decodeBundle(text); err == nil {
			again := b.encode()
			if !bytes.Equal(again[:len(again)-64], text[:len(text)-64]) || !bytes.Equal(text[len(text)-64:], append(of.blocks[:], of.votes[:]...)) {
				t.Errorf("a bundle is encoded as %x, was %x", again, text)
			}
		}
		none, _ := rows{}.encode()
		if r, _, err := decodeRows(text, none); err == nil {
			if again, _ := r.encode(); !bytes.Equal(again, text) {
				t.Errorf("blocks are encoded as %x, were %x", again, text)
			}
		}
		if r, _, err := decodeRows(none, text); err == nil {
			if _, again := r.encode(); !bytes.Equal(again, text) {
				t.Errorf("votes are encoded as %x, were %x", again, text)
			}
		}
	})
}
