package cache

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"containment-chamber/actors/box"
	"containment-chamber/messages"
)

// maxFile limits what is read, to almost half a million keystores.
const maxFile = 64 << 20

// Cache is an open cache. Make one with [Open].
type Cache struct {
	path    string
	seals   seals
	records records  // of the file; never written to
	used    sync.Map // [sha256.Size]byte to record: what was found or kept in this process
}

// Open reads the file at path, which need not exist, and wipes the key. The Cache is always of use: the error says why
// the file is ignored.
func Open(path string, key *Key) (*Cache, error) {
	defer key.wipe()
	content, err := read(path)
	if err == nil {
		s, all, parseErr := parse(content, key)
		if parseErr == nil {
			return &Cache{path: path, seals: s, records: all}, nil
		}
		err = fmt.Errorf("%s: %w", path, parseErr)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return &Cache{path: path, seals: newSeals(key)}, err
}

// Find returns the secret of a keystore, which the caller wipes, and its public key.
func (c *Cache) Find(fingerprint [sha256.Size]byte, password []byte) (public messages.PublicKey, secret []byte, found bool) {
	name := c.seals.name(fingerprint, password)
	r, found := c.records[name]
	if kept, ok := c.used.Load(name); ok {
		r, found = kept.(record), true
	}
	if !found {
		return public, nil, false
	}
	secret, err := box.Open(c.seals.records, r.sealed[:], bound(name, r.public))
	if err != nil {
		return public, nil, false // unreachable: the file was proved as a whole
	}
	c.used.Store(name, r)
	return r.public, secret, true
}

// Keep takes the secret of a keystore, of 32 bytes, for the next Save. The slices stay the caller's.
func (c *Cache) Keep(fingerprint [sha256.Size]byte, password []byte, public messages.PublicKey, secret []byte) {
	name := c.seals.name(fingerprint, password)
	sealed := box.Seal(c.seals.records, secret, bound(name, public))
	c.used.Store(name, record{public, [sealedSize]byte(sealed)})
}

// Len returns how many keystores the file held when it was opened.
func (c *Cache) Len() int { return len(c.records) }

// Save writes those of the secrets that were found or kept since Open whose keys are in use, unless the file has them
// already. It replaces no file that is not a cache. Of two calls at the same time, either may be the last to write.
func (c *Cache) Save(inUse []messages.PublicKey) (written bool, err error) {
	all := c.usedOf(inUse)
	old, err := read(c.path)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case missing && len(all) == 0:
		return false, nil
	case !missing && err != nil:
		return false, err
	case !isCache(old):
		return false, fmt.Errorf("%s: %w", c.path, errForeign)
	}
	content := encode(c.seals, all)
	if bytes.Equal(old, content) {
		return false, nil
	}
	if err := write(c.path, content); err != nil {
		return false, err
	}
	return true, nil
}

// usedOf selects what was found or kept, by public key.
func (c *Cache) usedOf(keys []messages.PublicKey) records {
	wanted := make(map[messages.PublicKey]bool, len(keys))
	for _, public := range keys {
		wanted[public] = true
	}
	all := records{}
	c.used.Range(func(name, r any) bool {
		if r := r.(record); wanted[r.public] {
			all[name.([sha256.Size]byte)] = r
		}
		return true
	})
	return all
}

// read returns a regular file's content: opening a pipe would wait for its writer.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s: %w", path, errForeign)
	}
	return os.ReadFile(path)
}
