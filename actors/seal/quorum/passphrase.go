package quorum

import (
	"fmt"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"containment-chamber/actors/box"
	"containment-chamber/actors/secmem"
)

// Argon2id are the parameters of RFC 9106.
type Argon2id struct {
	MemoryKiB uint32 `json:"memory_kib"`
	Passes    uint32 `json:"passes"`
	Lanes     uint32 `json:"lanes"`
}

// What a passphrase is hashed with, and what is the most that a record may demand.
const (
	memoryKiB, maxMemoryKiB = 64 << 10, 1 << 20
	passes, maxPasses       = 3, 16
	lanes, maxLanes         = 4, 16
)

// check refuses what is weaker than what this package writes, and what would exhaust the machine.
func (a Argon2id) check() error {
	for _, p := range []struct {
		name          string
		is, low, high uint32
	}{
		{"memory_kib", a.MemoryKiB, memoryKiB, maxMemoryKiB},
		{"passes", a.Passes, passes, maxPasses},
		{"lanes", a.Lanes, lanes, maxLanes},
	} {
		if p.is < p.low || p.is > p.high {
			return fmt.Errorf("%w: argon2id's %s is %d, and must be from %d to %d", ErrDamaged, p.name, p.is, p.low, p.high)
		}
	}
	return nil
}

// key hashes a passphrase. The parameters have passed check.
func (a Argon2id) key(passphrase, salt []byte) []byte {
	normal := normalize(passphrase)
	defer clear(normal)
	return argon2.IDKey(normal, salt, a.Passes, a.MemoryKiB, uint8(a.Lanes), box.KeySize)
}

// SealUnderPassphrase seals a share of 1 to 1024 bytes. Whether the passphrase is good is for [CheckPassphrase] to say.
func SealUnderPassphrase(share, passphrase []byte, b Binding) (c Credential) {
	secmem.Do(func() {
		c = Credential{Kind: Passphrase, Salt: box.Random(saltSize), Argon2id: Argon2id{memoryKiB, passes, lanes}}
		c = c.sealed(c.Argon2id.key(passphrase, c.Salt), share, b)
	})
	return c
}

// OpenWithPassphrase returns the share. The caller wipes it.
func (c Credential) OpenWithPassphrase(passphrase []byte, b Binding) (share []byte, err error) {
	if c, err = c.ofKind(Passphrase); err != nil {
		return nil, err
	}
	if err := c.Argon2id.check(); err != nil {
		return nil, err
	}
	secmem.Do(func() { share, err = c.open(c.Argon2id.key(passphrase, c.Salt), b) })
	return share, err
}

// maxGrowth is how many times longer NFKD makes a text: U+FDFA becomes eighteen characters.
const maxGrowth = 11

// normalize returns the passphrase in NFKD (Unicode Standard Annex #15). There is room from the start, so that no
// shorter copy is left behind. The caller wipes it.
func normalize(passphrase []byte) []byte {
	return norm.NFKD.Append(make([]byte, 0, maxGrowth*len(passphrase)), passphrase...)
}
