package eip3076

import (
	"fmt"

	"containment-chamber/messages"
)

// HeadOver marks the head of a validator together with the SHA-256 digest of everything else that a store keeps in the
// same item, so that one mark stands for all of it.
func (m Marker) HeadOver(key messages.PublicKey, h Head, digest [32]byte) Mark {
	return m.mark(headText(key, h).withRoot(digest, true))
}

// CheckHeadOver returns a [RowError] unless the mark is that of the head and the digest.
func (m Marker) CheckHeadOver(key messages.PublicKey, h Head, digest [32]byte, with Mark) error {
	return m.check(RowWatermark, headText(key, h).withRoot(digest, true), with)
}

// MismatchedRow returns the error of a row that is vouched for by another one, which does not know it like this.
func MismatchedRow(kind, format string, args ...any) RowError {
	return RowError{Kind: kind, Reason: ReasonMismatch, text: fmt.Sprintf(format, args...)}
}

// HeadOver returns the mark that a head which stands over a digest is to have from now on, as [Rekeying.Head] does.
func (r Rekeying) HeadOver(now Marker, row Row[Head], digest [32]byte) (mark Mark, changed bool, err error) {
	return r.mark(now, RowWatermark, headText(row.Key, row.Fact).withRoot(digest, true), row.Mark)
}
