package eip3076

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// Scheme says how a row is authenticated. It stands in the row as one byte.
type Scheme uint8

// The schemes.
const (
	// Unmarked rows are not authenticated: their MAC is empty.
	Unmarked Scheme = 0
	// HMACSHA256 rows carry an HMAC-SHA256 (RFC 2104) over the scheme, the kind of row, the public key and all that the
	// row says.
	HMACSHA256 Scheme = 1
)

// Mark is what a row carries to prove who wrote it: MAC has 32 bytes, or none in an [Unmarked] row.
type Mark struct {
	Scheme Scheme
	MAC    []byte
}

// Head is what a store keeps of a validator beside its rows, under one mark. A store that finds Top from the rows
// themselves leaves it zero here.
type Head struct {
	Summary
	Imported Imported
}

// Kinds of row, as they are called in the refusal of a row, in metrics and in the audit stream.
const (
	RowBlock       = "block"
	RowAttestation = "attestation"
	RowWatermark   = "watermark"
)

// Marker makes the marks of rows and checks them. The zero Marker has no key: it leaves rows unmarked, and accepts no
// others. Its user serialises the calls, and wipes the key when nobody calls any more.
type Marker struct {
	// Key authenticates rows; nil for none.
	Key messages.Key32
}

// Block marks a block of a validator.
func (m Marker) Block(key messages.PublicKey, b Block) Mark { return m.mark(blockText(key, b)) }

// Attestation marks an attestation of a validator.
func (m Marker) Attestation(key messages.PublicKey, a Attestation) Mark {
	return m.mark(attestationText(key, a))
}

// Head marks the head of a validator.
func (m Marker) Head(key messages.PublicKey, h Head) Mark { return m.mark(headText(key, h)) }

// CheckBlock returns a [RowError] unless the mark is that of the block.
func (m Marker) CheckBlock(key messages.PublicKey, b Block, with Mark) error {
	return m.check(RowBlock, blockText(key, b), with)
}

// CheckAttestation returns a [RowError] unless the mark is that of the attestation.
func (m Marker) CheckAttestation(key messages.PublicKey, a Attestation, with Mark) error {
	return m.check(RowAttestation, attestationText(key, a), with)
}

// CheckHead returns a [RowError] unless the mark is that of the head.
func (m Marker) CheckHead(key messages.PublicKey, h Head, with Mark) error {
	return m.check(RowWatermark, headText(key, h), with)
}

func (m Marker) scheme() Scheme {
	if m.Key == nil {
		return Unmarked
	}
	return HMACSHA256
}

func (m Marker) mark(t text) Mark {
	if m.Key == nil {
		return Mark{}
	}
	t[0] = byte(HMACSHA256)
	mark := Mark{Scheme: HMACSHA256}
	m.Key.Use(func(key *[32]byte) {
		secmem.Do(func() {
			mac := hmac.New(sha256.New, key[:])
			_, _ = mac.Write(t[:]) // hashes never fail
			mark.MAC = mac.Sum(nil)
		})
	})
	return mark
}

// check compares in constant time. A row without a mark is refused by whoever has a key: otherwise it would suffice to
// take the mark away.
func (m Marker) check(kind string, t text, with Mark) error {
	if with.Scheme != m.scheme() {
		return RowError{Kind: kind, Reason: ReasonUnsupportedScheme, text: m.schemeText(with.Scheme)}
	}
	if !hmac.Equal(m.mark(t).MAC, with.MAC) {
		return RowError{Kind: kind, Reason: ReasonMismatch, text: "its MAC is not that of its content: somebody else has written or edited it"}
	}
	return nil
}

func (m Marker) schemeText(found Scheme) string {
	switch {
	case found == Unmarked:
		return "it has no MAC, but rows are authenticated here: run 'containment-chamber slashing rekey' once, if it is genuine"
	case found == HMACSHA256:
		return "it has a MAC, but there is no key to check it: set anti_slashing.hmac_key, or unseal the chamber it belongs to"
	}
	return fmt.Sprintf("its scheme is %d, which this program does not know", found)
}

// text is what is authenticated: scheme, kind, public key, up to seven numbers (unused ones are zero), whether there is
// a root, and the root. Its length is the same for all kinds, so no row's text can be read as another's.
type text [1 + 1 + 48 + 7*8 + 1 + 32]byte

const (
	textKind    = 1
	textKey     = 2
	textNumbers = textKey + 48
	textHasRoot = textNumbers + 7*8
	textRoot    = textHasRoot + 1
)

func newText(kind byte, key messages.PublicKey, numbers ...uint64) (t text) {
	t[textKind] = kind
	copy(t[textKey:], key[:])
	for i, n := range numbers {
		binary.BigEndian.PutUint64(t[textNumbers+8*i:], n)
	}
	return t
}

func (t text) withRoot(root messages.Root, known bool) text {
	if known {
		t[textHasRoot] = 1
		copy(t[textRoot:], root[:])
	}
	return t
}

func blockText(key messages.PublicKey, b Block) text {
	return newText(1, key, b.Slot).withRoot(b.SigningRoot, b.HasRoot)
}

func attestationText(key messages.PublicKey, a Attestation) text {
	return newText(2, key, a.Source, a.Target).withRoot(a.SigningRoot, a.HasRoot)
}

func headText(key messages.PublicKey, h Head) text {
	var imported uint64
	if h.Imported.Blocks {
		imported |= 1
	}
	if h.Imported.Attestations {
		imported |= 2
	}
	return newText(3, key, h.Low.Slot, h.Low.Source, h.Low.Target, h.Top.Slot, h.Top.Source, h.Top.Target, imported)
}
