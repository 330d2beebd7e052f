package eip3076

import "containment-chamber/messages"

// Rekeying says which rows are genuine when a store is marked anew. Those that carry the new mark always are.
type Rekeying struct {
	// Old has the key of the marks so far; zero when there was none.
	Old Marker
	// AcceptUnmarked takes rows without a mark as genuine, on the word of whoever knows the store.
	AcceptUnmarked bool
}

// Block returns the mark that a block with this mark is to have from now on, and whether that is another one. The error
// is the [RowError] of a row that is not genuine.
func (r Rekeying) Block(now Marker, row Row[Block]) (mark Mark, changed bool, err error) {
	return r.mark(now, RowBlock, blockText(row.Key, row.Fact), row.Mark)
}

// Attestation does the same for an attestation.
func (r Rekeying) Attestation(now Marker, row Row[Attestation]) (mark Mark, changed bool, err error) {
	return r.mark(now, RowAttestation, attestationText(row.Key, row.Fact), row.Mark)
}

// Head does the same for a head.
func (r Rekeying) Head(now Marker, row Row[Head]) (mark Mark, changed bool, err error) {
	return r.mark(now, RowWatermark, headText(row.Key, row.Fact), row.Mark)
}

// Row is what a store says of a validator in one row, and the mark that shows who wrote it.
type Row[F Block | Attestation | Head] struct {
	Key  messages.PublicKey
	Fact F
	Mark Mark
}

func (r Rekeying) mark(now Marker, kind string, t text, with Mark) (Mark, bool, error) {
	refused := now.check(kind, t, with)
	switch {
	case refused == nil:
		return with, false, nil
	case with.Scheme == Unmarked && len(with.MAC) == 0:
		if !r.AcceptUnmarked {
			return Mark{}, false, RowError{Kind: kind, Reason: ReasonUnsupportedScheme,
				text: "it has no MAC, so nothing tells who wrote it: give --accept-unmarked, if all of the store is known to be genuine"}
		}
	case r.Old.Key == nil:
		return Mark{}, false, refused
	default:
		if err := r.Old.check(kind, t, with); err != nil {
			return Mark{}, false, err
		}
	}
	return now.mark(t), true, nil
}
