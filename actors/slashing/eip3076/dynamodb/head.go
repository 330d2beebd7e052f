package dynamodb

import (
	"bytes"
	"crypto/sha256"
	"maps"
	"math"
	"slices"
	"strings"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// entry is a head as it is stored. Its zero value says that there is none.
type entry struct {
	document
	stored bool
	scheme eip3076.Scheme
	// tag is the MAC of the body or, in a store without a key, its digest.
	tag []byte
}

// newEntry makes of a document what is to be stored.
func newEntry(key messages.PublicKey, d document, marks eip3076.Marker) entry {
	sum := sha256.Sum256(d.encode())
	e := entry{document: d, stored: true, tag: sum[:]}
	if m := marks.HeadOver(key, d.Head, sum); m.Scheme != eip3076.Unmarked {
		e.scheme, e.tag = m.Scheme, m.MAC
	}
	return e
}

// attributes are the head as an item, but for the key.
func (e entry) attributes() item {
	blocks, votes := e.rows.encode()
	return item{
		"body": blob(e.encode()), "blocks": blob(blocks), "votes": blob(votes),
		"scheme": number(uint64(e.scheme)), "tag": blob(e.tag),
	}
}

// item is the head as an item.
func (e entry) item(key messages.PublicKey) item {
	i := e.attributes()
	maps.Copy(i, keyed(headKey(key)))
	return i
}

// condition is that the stored head is this one, in every attribute.
func (e entry) condition() (text string, values item) {
	values = item{}
	var all []string
	for name, value := range e.attributes() {
		all = append(all, name+" = :"+name)
		values[":"+name] = value
	}
	slices.Sort(all)
	return strings.Join(all, " AND "), values
}

// is says whether an item is this head.
func (e entry) is(i item) bool {
	blocks, votes := e.rows.encode()
	scheme, ok := numberOf(i, "scheme")
	return ok && scheme == uint64(e.scheme) && bytes.Equal(blobOf(i, "tag"), e.tag) && bytes.Equal(blobOf(i, "body"), e.encode()) &&
		bytes.Equal(blobOf(i, "blocks"), blocks) && bytes.Equal(blobOf(i, "votes"), votes)
}

// genuine returns an error unless a mark is that of a head and of the digest of its body.
type genuine func(eip3076.Head, digest, eip3076.Mark) error

// readHead reads a head item and checks it. The error is an [eip3076.RowError].
func readHead(key messages.PublicKey, i item, check genuine) (entry, error) {
	if len(i) == 0 {
		return entry{}, nil
	}
	e, of, err := parseHead(key, i)
	if err != nil {
		return entry{}, err
	}
	sum := sha256.Sum256(blobOf(i, "body"))
	if err := check(e.Head, sum, e.mark()); err != nil {
		return entry{}, err
	}
	if e.scheme == eip3076.Unmarked && !bytes.Equal(e.tag, sum[:]) {
		return entry{}, eip3076.MalformedRow(eip3076.RowWatermark, "the item %s: its tag is not the digest of its body", headKey(key))
	}
	e.rows, err = readRows(i, of)
	return e, err
}

// mark is what the head carries to prove who wrote it.
func (e entry) mark() eip3076.Mark {
	if e.scheme == eip3076.Unmarked {
		return eip3076.Mark{}
	}
	return eip3076.Mark{Scheme: e.scheme, MAC: e.tag}
}

// parseHead reads everything but the rows.
func parseHead(key messages.PublicKey, i item) (entry, sums, error) {
	scheme, ok := numberOf(i, "scheme")
	if !ok || scheme > math.MaxUint8 {
		return entry{}, sums{}, eip3076.MalformedRow(eip3076.RowWatermark, "the item %s has no scheme", headKey(key))
	}
	d, of, err := decodeDocument(blobOf(i, "body"))
	if err != nil {
		return entry{}, sums{}, eip3076.MalformedRow(eip3076.RowWatermark, "the body of the item %s: %v", headKey(key), err)
	}
	return entry{document: d, stored: true, scheme: eip3076.Scheme(scheme), tag: blobOf(i, "tag")}, of, nil
}

// readRows reads the rows of a head or a bundle, and checks that they are those that its body vouches for.
func readRows(i item, of sums) (rows, error) {
	blocks, votes := blobOf(i, "blocks"), blobOf(i, "votes")
	list, kind, err := decodeRows(blocks, votes)
	switch {
	case err != nil:
		return rows{}, eip3076.MalformedRow(kind, "in the item %s: %v", textOf(i, "pk"), err)
	case sha256.Sum256(blocks) != of.blocks:
		return rows{}, eip3076.MismatchedRow(eip3076.RowBlock, "the item %s does not vouch for its blocks: somebody else has written or edited them", textOf(i, "pk"))
	case sha256.Sum256(votes) != of.votes:
		return rows{}, eip3076.MismatchedRow(eip3076.RowAttestation, "the item %s does not vouch for its votes: somebody else has written or edited them", textOf(i, "pk"))
	}
	return list, nil
}

// readBundle reads a bundle, and checks that it is the one that the head, or a newer bundle, vouches for.
func readBundle(i item, pk string, vouched digest) (bundle, error) {
	if len(i) == 0 {
		return bundle{}, eip3076.MalformedRow(eip3076.RowAttestation, "the item %s is gone, and its rows with it: put a backup of the table in its place", pk)
	}
	b, of, err := decodeBundle(blobOf(i, "body"))
	if err != nil {
		return bundle{}, eip3076.MalformedRow(eip3076.RowAttestation, "the body of the item %s: %v", pk, err)
	}
	if sha256.Sum256(blobOf(i, "body")) != vouched {
		return bundle{}, eip3076.MismatchedRow(eip3076.RowAttestation, "the item %s is not the one that the head vouches for: somebody else has written or edited it", pk)
	}
	b.rows, err = readRows(i, of)
	return b, err
}

// item is the bundle as an item.
func (b bundle) item(pk string) item {
	blocks, votes := b.rows.encode()
	i := keyed(pk)
	i["body"], i["blocks"], i["votes"] = blob(b.encode()), blob(blocks), blob(votes)
	return i
}
