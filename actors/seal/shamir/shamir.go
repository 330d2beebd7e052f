// Package shamir splits a secret into shares, of which a threshold rebuilds it and fewer say nothing about it.
//
// # What it guarantees
//
//   - Fewer shares than the threshold are independent of the secret, whatever the computing power (Shamir, "How to Share
//     a Secret", 1979).
//   - A share is as long as the secret and one byte more: the values of the polynomials, one for each byte of the secret,
//     and last their coordinate x, from 1 to 255. That is the format of HashiCorp Vault, and either combines the other's.
//   - Time and memory accesses depend on the number and the length of the shares, and not on what is in them, nor on the
//     secret. The coordinates are not secret.
//   - Neither function keeps or changes what it is given. Coefficients are wiped. The results are the caller's to wipe.
//
// What Combine returns is not proved: shares that are altered, of different secrets, or too few combine to a wrong secret
// of the right length. Whoever combines holds a verifier, or authenticates each share.
//
// # Decisions
//
// The field is GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (0x11b), that of AES and of Vault. Products are computed bit by bit
// and inverses as a power. Tables of logarithms would be faster, and tell by the cache which of their lines was read.
//
// The leading coefficient may be zero, as chance has it: to forbid that would tell those who are one share short which
// secrets it cannot be.
//
// A threshold of one is allowed: every share then holds the secret itself. A chamber with a single key-encryption key
// runs through the same code as all others.
//
// Shares carry no checksum, no threshold and no number of the split: Vault's have none, and the records around them,
// which are authenticated, say it better.
package shamir

import (
	"crypto/rand"
	"errors"
	"fmt"
)

// MaxShares is how many coordinates there are, and so how many shares.
const MaxShares = 255

var (
	errNoSecret   = errors.New("shamir: no secret to split")
	errNoShares   = errors.New("shamir: no shares to combine")
	errLength     = errors.New("shamir: shares must be of one length, of at least two bytes: they are not of one secret, or cut short")
	errCoordinate = errors.New("shamir: a share ends with zero, which no share does: it is damaged")
	errTwice      = errors.New("shamir: two shares have the same coordinate: one of them was given twice, or they are not of one secret")
)

// Split makes shares of a secret of at least one byte: 1 ≤ threshold ≤ shares ≤ 255.
func Split(secret []byte, shares, threshold int) ([][]byte, error) {
	switch {
	case len(secret) == 0:
		return nil, errNoSecret
	case threshold < 1 || threshold > shares || shares > MaxShares:
		return nil, fmt.Errorf("shamir: cannot make %d shares with a threshold of %d: want 1 ≤ threshold ≤ shares ≤ %d", shares, threshold, MaxShares)
	}
	all := make([][]byte, shares)
	for i, x := range coordinates(shares) {
		all[i] = make([]byte, len(secret)+1)
		all[i][len(secret)] = x
	}
	polynomial := make([]byte, threshold)
	defer clear(polynomial)
	for i, constant := range secret {
		_, _ = rand.Read(polynomial) // never fails: it crashes the process first
		polynomial[0] = constant
		for _, share := range all {
			share[i] = evaluate(polynomial, share[len(secret)])
		}
	}
	return all, nil
}

// Combine rebuilds the secret from as many shares as the threshold, or more, in any order. The error says which rule
// shares break that cannot be of one secret.
func Combine(shares [][]byte) ([]byte, error) {
	xs, err := check(shares)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, len(shares[0])-1)
	for i, share := range shares {
		weight := weightAtZero(xs, i)
		for j := range secret {
			secret[j] ^= multiply(share[j], weight)
		}
	}
	return secret, nil
}

// check returns the coordinates of shares that fit together.
func check(shares [][]byte) ([]byte, error) {
	if len(shares) == 0 {
		return nil, errNoShares
	}
	xs := make([]byte, len(shares))
	taken := [MaxShares + 1]bool{}
	for i, share := range shares {
		last := len(share) - 1
		if last < 1 || len(share) != len(shares[0]) {
			return nil, errLength
		}
		x := share[last]
		switch {
		case x == 0:
			return nil, errCoordinate
		case taken[x]:
			return nil, errTwice
		}
		xs[i], taken[x] = x, true
	}
	return xs, nil
}

// coordinates draws distinct numbers from 1 to 255. They are no secret.
func coordinates(count int) []byte {
	taken := [MaxShares + 1]bool{0: true}
	xs := make([]byte, 0, count)
	for draw := make([]byte, 1); len(xs) < count; {
		_, _ = rand.Read(draw) // never fails: it crashes the process first
		if x := draw[0]; !taken[x] {
			xs, taken[x] = append(xs, x), true
		}
	}
	return xs
}
