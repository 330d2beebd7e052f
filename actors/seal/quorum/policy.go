package quorum

import (
	"bytes"
	"time"
	"unicode/utf8"

	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

const (
	minRunes = 14
	maxBytes = 256
	minScore = 3 // of 4: "safely unguessable" in zxcvbn's words
	// minNameToFind is how long an operator's name must be to be looked for: shorter ones are in many a good passphrase.
	minNameToFind = 3
)

// Reason says why a passphrase is refused, in the words of the metric's label.
type Reason string

// The reasons.
const (
	TooShort             Reason = "too_short"
	TooLong              Reason = "too_long"
	TooWeak              Reason = "too_weak"
	ContainsOperatorName Reason = "contains_operator_name"
)

// Refusal is the error for a passphrase that breaks the rules. It wraps [messages.ErrMalformed].
type Refusal struct{ Reason Reason }

// Error says what to do.
func (r *Refusal) Error() string {
	switch r.Reason {
	case TooShort:
		return "the passphrase is too short: take at least 14 characters"
	case TooLong:
		return "the passphrase is too long: take at most 256 bytes"
	case ContainsOperatorName:
		return "the passphrase contains the operator's name: take one without"
	default:
		return "the passphrase is too easy to guess: take five or more words that do not belong together"
	}
}

// Unwrap is messages.ErrMalformed.
func (*Refusal) Unwrap() error { return messages.ErrMalformed }

// CheckPassphrase returns a [*Refusal], or nil for a passphrase that an operator may take: at least 14 characters and at
// most 256 bytes in NFKD, without his name in it, and hard to guess. Only what passes the rest is estimated; observe, if
// not nil, is told how long that took.
func CheckPassphrase(passphrase []byte, operator string, observe func(time.Duration)) error {
	var reason Reason
	var took time.Duration
	secmem.Do(func() {
		normal := normalize(passphrase)
		defer clear(normal)
		if reason = floors(normal, operator); reason != "" {
			return
		}
		begin := time.Now()
		if estimate(normal, operator) < minScore {
			reason = TooWeak
		}
		took = time.Since(begin)
	})
	if observe != nil && (reason == "" || reason == TooWeak) {
		observe(took)
	}
	if reason != "" {
		return &Refusal{reason}
	}
	return nil
}

// floors are the rules that cost nothing to check.
func floors(normal []byte, operator string) Reason {
	lower := bytes.ToLower(normal)
	defer clear(lower)
	switch {
	case utf8.RuneCount(normal) < minRunes:
		return TooShort
	case len(normal) > maxBytes:
		return TooLong
	case len(operator) >= minNameToFind && bytes.Contains(lower, []byte(operator)):
		return ContainsOperatorName
	}
	return ""
}
