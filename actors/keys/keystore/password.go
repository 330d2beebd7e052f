package keystore

import (
	"bytes"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalize returns a copy of the password in the form that is hashed: NFKD, without the control codes C0, C1 and Delete,
// in UTF-8 (EIP-2335 "Password requirements"). The caller must wipe the copy.
func normalize(password []byte) []byte {
	decomposed := norm.NFKD.Append(nil, password...)
	defer clear(decomposed)
	return bytes.Map(func(r rune) rune {
		if unicode.IsControl(r) { // category Cc is exactly those three
			return -1
		}
		return r
	}, decomposed)
}
