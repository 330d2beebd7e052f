package keystore

import (
	"bytes"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxGrowth is how many times longer NFKD makes a text: U+FDFA becomes eighteen characters.
const maxGrowth = 11

// normalize returns a copy of the password in the form that is hashed: NFKD, without the control codes C0, C1 and Delete,
// in UTF-8 (EIP-2335 "Password requirements"). The caller must wipe the copy.
func normalize(password []byte) []byte {
	decomposed := norm.NFKD.Append(make([]byte, 0, maxGrowth*len(password)), password...) // leaves no shorter copy behind
	defer clear(decomposed)
	return bytes.Map(func(r rune) rune {
		if unicode.IsControl(r) { // category Cc is exactly those three
			return -1
		}
		return r
	}, decomposed)
}
