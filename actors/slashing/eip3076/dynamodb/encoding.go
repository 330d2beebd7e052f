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

// encode returns the blocks and the votes, each as they are stored.
func (r rows) encode() (blocks, votes []byte) {
	blocks, votes = appendNumbers(nil, uint64(len(r.blocks))), appendNumbers(nil, uint64(len(r.votes)))
	for _, b := range r.blocks {
		blocks = appendRoot(appendNumbers(blocks, b.Slot), b.SigningRoot, b.HasRoot)
	}
	for _, a := range r.votes {
		votes = appendRoot(appendNumbers(votes, a.Source, a.Target), a.SigningRoot, a.HasRoot)
	}
	return blocks, votes
}

// appendSums adds the digests of the rows, so that whatever vouches for the text vouches for them.
func (r rows) appendSums(text []byte) []byte {
	blocks, votes := r.encode()
	ofBlocks, ofVotes := sha256.Sum256(blocks), sha256.Sum256(votes)
	return append(append(text, ofBlocks[:]...), ofVotes[:]...)
}

// encode is the body of the head item: everything but the rows, and their digests.
func (d document) encode() []byte {
	text := appendFloor(appendFloor(nil, d.Low), d.Top)
	text = appendFlag(appendFlag(text, d.Imported.Blocks), d.Imported.Attestations)
	text = appendFloor(appendNumbers(text, d.older.first, d.older.next), d.older.floor)
	text = append(text, d.older.last[:]...)
	text = appendNumbers(text, uint64(len(d.older.cuts)))
	for _, c := range d.older.cuts {
		text = appendFloor(appendNumbers(text, c.until), c.floor)
	}
	return d.rows.appendSums(text)
}

// encode is the body of a bundle's item, in the same way.
func (b bundle) encode() []byte {
	return b.rows.appendSums(append(appendFloor(nil, b.below), b.previous[:]...))
}

func (b bundle) digest() digest { return sha256.Sum256(b.encode()) }

var errBody = errors.New("it is not what a signer has written")

// sums are the digests of the blocks and the votes that a body vouches for.
type sums struct{ blocks, votes digest }

// decodeDocument reads what document.encode has written, and nothing else. The rows are still missing.
func decodeDocument(body []byte) (document, sums, error) {
	r := reader{text: body}
	d := document{}
	d.Low, d.Top = r.floor(), r.floor()
	d.Imported = eip3076.Imported{Blocks: r.flag(), Attestations: r.flag()}
	d.older.first, d.older.next = r.number(), r.number()
	d.older.floor = r.floor()
	d.older.last = r.digest()
	for range r.length(8 + 24) {
		d.older.cuts = append(d.older.cuts, cut{until: r.number(), floor: r.floor()})
	}
	of := sums{blocks: r.digest(), votes: r.digest()}
	if !r.ended() || d.older.first > d.older.next || len(d.older.cuts) > maxCuts {
		return document{}, sums{}, errBody
	}
	return d, of, nil
}

// decodeBundle reads what bundle.encode has written, in the same way.
func decodeBundle(body []byte) (bundle, sums, error) {
	r := reader{text: body}
	b := bundle{below: r.floor(), previous: r.digest()}
	of := sums{blocks: r.digest(), votes: r.digest()}
	if !r.ended() {
		return bundle{}, sums{}, errBody
	}
	return b, of, nil
}

// decodeRows reads what rows.encode has written, and nothing else. The error tells which of them it is about.
func decodeRows(blocks, votes []byte) (list rows, kind string, err error) {
	r := reader{text: blocks}
	for range r.length(8 + 1 + 32) {
		b := eip3076.Block{Slot: r.number()}
		b.SigningRoot, b.HasRoot = r.root()
		list.blocks = append(list.blocks, b)
	}
	if !r.ended() {
		return rows{}, eip3076.RowBlock, errBody
	}
	r = reader{text: votes}
	for range r.length(16 + 1 + 32) {
		a := eip3076.Attestation{Source: r.number(), Target: r.number()}
		a.SigningRoot, a.HasRoot = r.root()
		list.votes = append(list.votes, a)
	}
	if !r.ended() {
		return rows{}, eip3076.RowAttestation, errBody
	}
	return list, "", nil
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

// ended says whether all was read, and nothing was missing.
func (r *reader) ended() bool { return !r.broken && len(r.text) == 0 }

func (r *reader) digest() (d digest) {
	copy(d[:], r.take(len(d)))
	return d
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
