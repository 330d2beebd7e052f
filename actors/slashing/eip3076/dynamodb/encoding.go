package dynamodb

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Numbers are big-endian, and everything has a fixed length but the lists, which are preceded by theirs.

func appendNumbers(text []byte, numbers ...uint64) []byte {
	for _, n := range numbers {
		text = binary.BigEndian.AppendUint64(text, n)
	}
	return text
}

func appendFloor(text []byte, f eip3076.Floor) []byte {
	return appendNumbers(text, f.Slot, f.Source, f.Target)
}

func appendFlag(text []byte, set bool) []byte {
	if set {
		return append(text, 1)
	}
	return append(text, 0)
}

func appendRoot(text []byte, root messages.Root, known bool) []byte {
	return append(appendFlag(text, known), root[:]...)
}

func (r rows) append(text []byte) []byte {
	text = appendNumbers(text, uint64(len(r.blocks)), uint64(len(r.votes)))
	for _, b := range r.blocks {
		text = appendRoot(appendNumbers(text, b.Slot), b.SigningRoot, b.HasRoot)
	}
	for _, a := range r.votes {
		text = appendRoot(appendNumbers(text, a.Source, a.Target), a.SigningRoot, a.HasRoot)
	}
	return text
}

// encode is the body of the head item.
func (d document) encode() []byte {
	text := appendFloor(appendFloor(nil, d.Low), d.Top)
	text = appendFlag(appendFlag(text, d.Imported.Blocks), d.Imported.Attestations)
	text = appendFloor(appendNumbers(text, d.older.first, d.older.next), d.older.floor)
	text = append(text, d.older.last[:]...)
	text = appendNumbers(text, uint64(len(d.older.cuts)))
	for _, c := range d.older.cuts {
		text = appendFloor(appendNumbers(text, c.until), c.floor)
	}
	return d.rows.append(text)
}

// encode is the body of a bundle's item.
func (b bundle) encode() []byte {
	return b.rows.append(append(appendFloor(nil, b.below), b.previous[:]...))
}

func (b bundle) digest() digest { return sha256.Sum256(b.encode()) }

var errBody = errors.New("its body is not what a signer has written")

// decodeDocument reads what document.encode has written, and nothing else.
func decodeDocument(text []byte) (document, error) {
	r := reader{text: text}
	d := document{}
	d.Low, d.Top = r.floor(), r.floor()
	d.Imported = eip3076.Imported{Blocks: r.flag(), Attestations: r.flag()}
	d.older.first, d.older.next = r.number(), r.number()
	d.older.floor = r.floor()
	copy(d.older.last[:], r.take(len(d.older.last)))
	for range r.length(8 + 24) {
		d.older.cuts = append(d.older.cuts, cut{until: r.number(), floor: r.floor()})
	}
	d.rows = r.rows()
	if r.broken || len(r.text) > 0 || d.older.first > d.older.next || len(d.older.cuts) > maxCuts {
		return document{}, errBody
	}
	return d, nil
}

// decodeBundle reads what bundle.encode has written, and nothing else.
func decodeBundle(text []byte) (bundle, error) {
	r := reader{text: text}
	b := bundle{below: r.floor()}
	copy(b.previous[:], r.take(len(b.previous)))
	b.rows = r.rows()
	if r.broken || len(r.text) > 0 {
		return bundle{}, errBody
	}
	return b, nil
}

// decodeRows reads what rows.append has written, and nothing else.
func decodeRows(text []byte) (rows, error) {
	r := reader{text: text}
	list := r.rows()
	if r.broken || len(r.text) > 0 {
		return rows{}, errBody
	}
	return list, nil
}

// reader takes a text apart. Once it is broken, all that it returns is zero.
type reader struct {
	text   []byte
	broken bool
}

func (r *reader) take(n int) []byte {
	if r.broken || n > len(r.text) {
		r.broken = true
		return nil
	}
	head := r.text[:n]
	r.text = r.text[n:]
	return head
}

func (r *reader) number() uint64 {
	if text := r.take(8); text != nil {
		return binary.BigEndian.Uint64(text)
	}
	return 0
}

func (r *reader) flag() bool {
	text := r.take(1)
	if text == nil {
		return false
	}
	r.broken = r.broken || text[0] > 1
	return text[0] == 1
}

func (r *reader) floor() eip3076.Floor {
	return eip3076.Floor{Slot: r.number(), Source: r.number(), Target: r.number()}
}

// length reads how many entries of a size follow. There can be no more than the text has room for.
func (r *reader) length(size int) int {
	n := r.number()
	if n > uint64(len(r.text)/size) {
		r.broken = true
		return 0
	}
	return int(n)
}

func (r *reader) root() (root messages.Root, known bool) {
	known = r.flag()
	copy(root[:], r.take(len(root)))
	r.broken = r.broken || !known && !root.IsZero()
	return root, known
}

func (r *reader) rows() rows {
	const block, vote = 8 + 1 + 32, 16 + 1 + 32
	var list rows
	blocks := r.number()
	votes := r.number()
	if r.broken || blocks > uint64(len(r.text)/block) || votes > uint64(len(r.text)/vote) {
		r.broken = true
		return rows{}
	}
	for range blocks {
		b := eip3076.Block{Slot: r.number()}
		b.SigningRoot, b.HasRoot = r.root()
		list.blocks = append(list.blocks, b)
	}
	for range votes {
		a := eip3076.Attestation{Source: r.number(), Target: r.number()}
		a.SigningRoot, a.HasRoot = r.root()
		list.votes = append(list.votes, a)
	}
	return list
}
