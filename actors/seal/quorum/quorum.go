// Package quorum keeps the operators' shares of an unseal key: each encrypted under what its operator alone has, which is
// at first a registration token, and later a passphrase or a YubiKey. What it returns is stored; nothing stored is a
// secret by itself.
//
// # What it guarantees
//
//   - A [Credential] opens with the secret that sealed it, for the chamber, operator, generation and kind that it was
//     sealed for, and with nothing else. Everything else is [ErrWrongCredential], and takes as long as what is right:
//     also a passphrase where there is a YubiKey, and whatever is tried for somebody who does not exist ([Nobody]).
//   - Parameters that are stored are believed within limits only: weaker ones than this package writes are refused, and so
//     are those that would exhaust the machine. That, and a record that is no Credential, is [ErrDamaged].
//   - Nothing that is given is kept or changed. Whatever is opened or revealed is the caller's to wipe.
//   - Secrets are worked on within [secmem.Do], which erases what x/crypto, x/text and the estimator leave behind.
//   - No error contains a secret.
//
// Opening by passphrase costs 64 MiB and some tenths of a second, by intention. The caller limits how many do so at once,
// and how often an operator may be wrong.
//
// # How shares are sealed
//
// As in package box: AES-256-GCM under a random nonce, which comes first. The associated data is the line
//
//	containment-chamber credential 1 KIND GENERATION "OPERATOR" "CHAMBER"
//
// and the key is, for a passphrase, Argon2id (RFC 9106) of its NFKD with the salt; for a token of 256 bits and for a
// YubiKey's response of 160 bits, HKDF-SHA-256 with the salt and the kind.
//
// # Decisions
//
// Argon2id takes 3 passes over 64 MiB in 4 lanes, the second choice that RFC 9106 recommends (§4), where 2 GiB cannot be
// asked for. The parameters stand beside the share, so that a later version can raise them. None may lower them: a share
// under weaker ones could only be a forgery, or a mistake.
//
// Passphrases are normalised, because two keyboards spell é in two ways, but not trimmed or folded.
//
// A YubiKey's answer depends on the challenge alone, so whoever has seen one answer has them all: the challenge is random,
// for one operator, and new at each registration. HMAC-SHA-1 (slot 2, as ykman programs it) is sound as a MAC.
//
// The estimator sees a passphrase only after its floors. It sees one ASCII letter in place of each other letter: it counts
// bytes, and would take fourteen times the same Cyrillic letter for strong. It sees the first 100 characters, since more
// cannot make a strong one weak, and it looks for words in disguise (p4ssw0rd) only where few signs could be one: it tries
// all readings, whose number grows exponentially. What only repeats itself is seen once.
//
// It takes a string, and copies it. So its argument is made within secmem.Do, and is garbage afterwards, which Do's
// runtime erases. A string that shared the caller's bytes would save one copy of many.
package quorum

import "errors"

var (
	// ErrWrongCredential says that a share does not open with what was given, or not here.
	ErrWrongCredential = errors.New("wrong credential")
	// ErrDamaged says that a stored credential cannot be one that this program wrote.
	ErrDamaged = errors.New("stored credential damaged")
)

// Kind says what a share is sealed under.
type Kind string

// The kinds, as they are stored.
const (
	Registration Kind = "registration"
	Passphrase   Kind = "passphrase"
	YubiKey      Kind = "yubikey"
)

// Binding is what a share belongs to.
type Binding struct {
	ChamberID, Operator string
	Generation          uint64
}

// Credential is an operator's sealed share, as it is stored.
type Credential struct {
	Kind Kind `json:"kind"`
	// Salt is 16 random bytes.
	Salt []byte `json:"salt"`
	// Argon2id has the parameters for a passphrase.
	Argon2id Argon2id `json:"argon2id,omitzero"`
	// Challenge is a YubiKey's: 32 to 63 bytes.
	Challenge []byte `json:"challenge,omitempty"`
	// Sealed is the share: nonce, ciphertext and tag.
	Sealed []byte `json:"sealed"`
}
