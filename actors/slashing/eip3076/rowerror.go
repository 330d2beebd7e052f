package eip3076

import (
	"fmt"

	"containment-chamber/messages"
)

// Why a row is refused, as it is called in metrics and in the audit stream.
const (
	// ReasonMismatch is a MAC that is not that of the row.
	ReasonMismatch = "mac_mismatch"
	// ReasonMalformedKey is a public key that has not 48 bytes.
	ReasonMalformedKey = "malformed_pk"
	// ReasonUnsupportedScheme is a scheme other than the one that is in use.
	ReasonUnsupportedScheme = "unsupported_scheme"
	// ReasonMalformedRow is anything else that no row of ours looks like.
	ReasonMalformedRow = "malformed_row"
)

// RowError is a [messages.ErrRowRefused]: a row that cannot be believed. Whatever depends on it is refused.
type RowError struct {
	// Kind is RowBlock, RowAttestation or RowWatermark, Reason one of the reasons above.
	Kind, Reason string
	text         string
}

// MalformedRow returns the error of a row that no store of ours has written like this.
func MalformedRow(kind, format string, args ...any) RowError {
	return RowError{Kind: kind, Reason: ReasonMalformedRow, text: fmt.Sprintf(format, args...)}
}

// MalformedKey returns the error of a row whose public key has a wrong length.
func MalformedKey(kind string, length int) RowError {
	return RowError{Kind: kind, Reason: ReasonMalformedKey, text: fmt.Sprintf("its public key has %d bytes", length)}
}

// Error names the kind of the row, and what is wrong with it.
func (e RowError) Error() string {
	return fmt.Sprintf("%v: %s row: %s", messages.ErrRowRefused, e.Kind, e.text)
}

// Unwrap makes errors.Is find the sentinel.
func (e RowError) Unwrap() error { return messages.ErrRowRefused }
