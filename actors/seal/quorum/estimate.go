package quorum

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"github.com/ccojocar/zxcvbn-go/match"
	"github.com/ccojocar/zxcvbn-go/matching"
)

const (
	// maxEstimated is how many characters are estimated, as zxcvbn's authors advise: its time grows with the square.
	maxEstimated = 100
	// disguises are the signs that zxcvbn takes for letters (p4ssw0rd).
	disguises = "4@8({[<369!1|70$5+%2"
	// maxDisguises is with how many different of them it is asked to: 100 characters then take some 100 ms at the most.
	maxDisguises = 4
)

// estimate returns zxcvbn's score, from 0 to 4.
func estimate(normal []byte, operator string) int {
	folded := fold(normal)
	defer clear(folded)
	once := folded[:period(folded)]
	known := []string{operator, "containment-chamber", "containment", "chamber"}
	return zxcvbn.PasswordStrength(string(once), known, func(m match.Matcher) bool {
		return matching.FilterL33tMatcher(m) && tooManyDisguises(once)
	}).Score
}

func tooManyDisguises(text []byte) bool {
	different := 0
	for _, sign := range []byte(disguises) {
		if bytes.IndexByte(text, sign) >= 0 {
			different++
		}
	}
	return different > maxDisguises
}

// period returns after how many bytes a text does nothing but begin again, or its length: zxcvbn takes what comes twice
// for new each time.
func period(text []byte) int {
	for p := 1; p <= len(text)/2; p++ {
		if bytes.Equal(text[p:], text[:len(text)-p]) {
			return p
		}
	}
	return len(text)
}

// fold puts one ASCII letter in place of every other character, and leaves accents out. Repetitions and sequences stay
// what they are, and an alphabet of thousands counts as one of 26: the estimate is rather too low than too high.
func fold(normal []byte) []byte {
	folded := make([]byte, 0, maxEstimated)
	for len(normal) > 0 && len(folded) < maxEstimated {
		r, size := utf8.DecodeRune(normal)
		normal = normal[size:]
		switch {
		case r < utf8.RuneSelf:
			folded = append(folded, byte(r))
		case !unicode.Is(unicode.M, r):
			folded = append(folded, byte('a'+r%26))
		}
	}
	return folded
}
