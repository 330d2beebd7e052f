package keystore

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"errors"

	"golang.org/x/crypto/scrypt"
)

// KDF is a function that derives a key from a password, by the name that EIP-2335 gives it.
type KDF string

// The functions of EIP-2335.
const (
	Scrypt KDF = "scrypt"
	PBKDF2 KDF = "pbkdf2" // with HMAC-SHA-256
)

const (
	// keySize is how many bytes of the derived key EIP-2335 uses.
	keySize = 32
	// maxScryptCost limits n·r·p. See the package's decisions.
	maxScryptCost = 1 << 23
	// maxRounds limits the iterations of PBKDF2.
	maxRounds  = 1 << 24
	hmacSHA256 = "hmac-sha256"
)

// derivation is a function with its parameters, as the file has them.
type derivation struct {
	function KDF
	params   params
}

// params are the parameters of both functions; each uses its own.
type params struct {
	KeySize int      `json:"dklen"`
	N       int      `json:"n,omitempty"`
	R       int      `json:"r,omitempty"`
	P       int      `json:"p,omitempty"`
	Rounds  int      `json:"c,omitempty"`
	PRF     string   `json:"prf,omitempty"`
	Salt    hexBytes `json:"salt"`
}

// check returns an error for parameters that derive would not, or should not, work with.
func (d derivation) check() error {
	if d.params.KeySize < keySize {
		return errors.New("kdf dklen must be at least 32")
	}
	if len(d.params.Salt) == 0 {
		return errors.New("kdf has no salt")
	}
	switch d.function {
	case Scrypt:
		return d.params.checkScrypt()
	case PBKDF2:
		return d.params.checkPBKDF2()
	default:
		return errors.New("kdf function must be scrypt or pbkdf2")
	}
}

func (p params) checkScrypt() error {
	if p.N < 2 || p.N&(p.N-1) != 0 {
		return errors.New("scrypt n must be a power of two above 1")
	}
	if p.R < 1 || p.P < 1 {
		return errors.New("scrypt r and p must be at least 1")
	}
	// Divided and not multiplied, so that nothing overflows.
	if p.N > maxScryptCost || p.R > maxScryptCost/p.N || p.P > maxScryptCost/p.N/p.R {
		return errors.New("scrypt costs too much: n*r*p must be at most 2^23")
	}
	return nil
}

func (p params) checkPBKDF2() error {
	if p.PRF != hmacSHA256 {
		return errors.New("pbkdf2 prf must be hmac-sha256")
	}
	if p.Rounds < 1 || p.Rounds > maxRounds {
		return errors.New("pbkdf2 c must be from 1 to 2^24")
	}
	return nil
}

// memory returns the bytes that derive needs.
func (d derivation) memory() int64 {
	if d.function != Scrypt {
		return 0
	}
	return 128 * int64(d.params.N) * int64(d.params.R)
}

// derive returns 32 bytes, which the caller must wipe. The parameters have passed check.
func (d derivation) derive(password []byte) []byte {
	normal := normalize(password)
	defer clear(normal)
	var key []byte
	var err error
	if p := d.params; d.function == Scrypt {
		key, err = scrypt.Key(normal, p.Salt, p.N, p.R, p.P, keySize)
	} else {
		key, err = pbkdf2.Key(sha256.New, string(normal), p.Salt, p.Rounds, keySize)
	}
	if err != nil {
		panic("keystore: the key derivation refuses parameters that were checked") // unreachable
	}
	return key
}
