package dynamodb

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// item is what the table holds under one key.
type item = map[string]types.AttributeValue

// The keys of items.
const (
	mark     = "chamber" // says whose table this is, as in the table of the signer state
	registry = "keys"    // counts the pages of public keys
	pending  = "import"  // the last import
)

func headKey(key messages.PublicKey) string { return "head#" + hex.EncodeToString(key[:]) }

func bundleKey(key messages.PublicKey, number uint64) string {
	return fmt.Sprintf("rows#%x#%d", key[:], number)
}

func pageKey(number uint64) string { return fmt.Sprintf("keys#%d", number) }

func stagedKey(id string, number uint64) string { return fmt.Sprintf("import#%s#%d", id, number) }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func blob(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: b} }
func truth(b bool) types.AttributeValue  { return &types.AttributeValueMemberBOOL{Value: b} }
func keyed(pk string) item               { return item{"pk": text(pk)} }
func number(n uint64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatUint(n, 10)}
}

func textOf(i item, name string) string {
	s, _ := i[name].(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func blobOf(i item, name string) []byte {
	b, _ := i[name].(*types.AttributeValueMemberB)
	if b == nil {
		return nil
	}
	return b.Value
}

func truthOf(i item, name string) bool {
	b, _ := i[name].(*types.AttributeValueMemberBOOL)
	return b != nil && b.Value
}

// numberOf reads a number; false if there is none.
func numberOf(i item, name string) (uint64, bool) {
	n, isNumber := i[name].(*types.AttributeValueMemberN)
	if !isNumber {
		return 0, false
	}
	v, err := strconv.ParseUint(n.Value, 10, 64)
	return v, err == nil
}

// entry is a head as it is stored. Its zero value says that there is none.
type entry struct {
	document
	scheme eip3076.Scheme
	// tag is what tells this head from every other one of the validator: its MAC or, in a store without a key, the
	// digest of its body.
	tag []byte
}

func (e entry) absent() bool { return e.tag == nil }

// newEntry makes of a document what is to be stored.
func newEntry(key messages.PublicKey, d document, marks eip3076.Marker) entry {
	sum := sha256.Sum256(d.encode())
	e := entry{document: d, tag: sum[:]}
	if m := marks.HeadOver(key, d.Head, sum); m.Scheme != eip3076.Unmarked {
		e.scheme, e.tag = m.Scheme, m.MAC
	}
	return e
}

// item is the head as an item.
func (e entry) item(key messages.PublicKey) item {
	i := keyed(headKey(key))
	i["body"], i["scheme"], i["tag"] = blob(e.encode()), number(uint64(e.scheme)), blob(e.tag)
	return i
}

// is says whether an item is this head, as far as its tag tells.
func (e entry) is(i item) bool {
	scheme, ok := numberOf(i, "scheme")
	return ok && scheme == uint64(e.scheme) && bytes.Equal(blobOf(i, "tag"), e.tag)
}

// readHead reads a head item and checks its mark. The error is an [eip3076.RowError].
func readHead(key messages.PublicKey, i item, marks eip3076.Marker) (entry, error) {
	if len(i) == 0 {
		return entry{}, nil
	}
	body, tag := blobOf(i, "body"), blobOf(i, "tag")
	scheme, ok := numberOf(i, "scheme")
	if !ok || scheme > math.MaxUint8 || len(tag) != sha256.Size {
		return entry{}, eip3076.MalformedRow(eip3076.RowWatermark, "the item %s lacks a scheme or a tag", headKey(key))
	}
	d, err := decodeDocument(body)
	if err != nil {
		return entry{}, eip3076.MalformedRow(eip3076.RowWatermark, "the item %s: %v", headKey(key), err)
	}
	e := entry{document: d, scheme: eip3076.Scheme(scheme), tag: tag}
	sum := sha256.Sum256(body)
	with := eip3076.Mark{Scheme: e.scheme, MAC: tag}
	if e.scheme == eip3076.Unmarked {
		with.MAC = nil
	}
	if err := marks.CheckHeadOver(key, d.Head, sum, with); err != nil {
		return entry{}, err
	}
	if e.scheme == eip3076.Unmarked && !bytes.Equal(tag, sum[:]) {
		return entry{}, eip3076.MalformedRow(eip3076.RowWatermark, "the item %s: its tag is not the digest of its body", headKey(key))
	}
	return e, nil
}
