package keys_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"containment-chamber/actors"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/cache"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

// BenchmarkStart measures from nothing to the last key, with scrypt at its real cost: 4 keystores that are decrypted, and
// 1,000 that the cache knows. The latter could not be decrypted: their parameters were raised after they were made.
func BenchmarkStart(b *testing.B) {
	b.Run("4 keystores", func(b *testing.B) {
		dir := b.TempDir()
		expensive(b, dir, 4)
		for b.Loop() {
			boot(b, dir, 4, openCache(b, filepath.Join(b.TempDir(), "cache")))
		}
	})
	b.Run("1000 keystores from the cache", func(b *testing.B) {
		dir, path := b.TempDir(), filepath.Join(b.TempDir(), "cache")
		fill := openCache(b, path)
		var publics []messages.PublicKey
		for i, text := range expensive(b, dir, 1000) {
			secret := secretOf(i)
			key, err := bls.NewSecretKey(secret[:])
			if err != nil {
				b.Fatal(err)
			}
			fill.Keep(fingerprintOf(text), []byte("password"), key.PublicKey(), secret[:])
			publics = append(publics, key.PublicKey())
		}
		if _, err := fill.Save(publics); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			boot(b, dir, 1000, openCache(b, path))
		}
	})
}

func secretOf(i int) [32]byte {
	secret := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
	secret[0] = 0 // below the order of the group
	return secret
}

// fingerprintOf is a candidate's Fingerprint when its keystore claims no public key.
func fingerprintOf(text string) [sha256.Size]byte {
	return sha256.Sum256(append(make([]byte, len(messages.PublicKey{})), text...))
}

// expensive writes keystores that cost as much as everybody's. Up to a hundred of them are genuine.
func expensive(b *testing.B, dir string, n int) (texts []string) {
	for i := range n {
		secret, cost := secretOf(i), 1<<18
		if n > 100 {
			cost = 2
		}
		text, err := keystore.Encrypt(secret[:], []byte("password"), keystore.Config{Cost: cost})
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, strings.Replace(string(text), `"n": 2,`, `"n": 262144,`, 1))
		put(b, filepath.Join(dir, fmt.Sprintf("key-%04d.json", i)), texts[i])
	}
	put(b, filepath.Join(dir, "password.txt"), "password")
	return texts
}

func openCache(b *testing.B, path string) *cache.Cache {
	key, err := cache.ParseKey([]byte(strings.Repeat("k", 32)))
	if err != nil {
		b.Fatal(err)
	}
	c, err := cache.Open(path, key)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// boot starts the actor, waits for all keys and the saved cache, and stops it.
func boot(b *testing.B, dir string, want int, c *cache.Cache) {
	saved := make(chan error, 1)
	system := actors.NewSystem(slog.New(slog.DiscardHandler))
	ref := actors.Start[messages.Keys](system, keys.Spec(keys.Config{
		Scan: filesystem(dir), Loaders: runtime.GOMAXPROCS(0), Memory: 1 << 30,
		Load: func(candidate directory.Candidate) (*bls.SecretKey, error) { return candidate.LoadThrough(c) },
		Loaded: func(publics []messages.PublicKey) {
			_, err := c.Save(publics)
			saved <- err
		},
	}))
	if err := <-saved; err != nil {
		b.Fatal(err)
	}
	ring, err := actors.Ask(b.Context(), ref, messages.GetKeyRing{})
	if err != nil || len(ring.PublicKeys()) != want {
		b.Fatalf("%d keys, want %d: %v", len(ring.PublicKeys()), want, err)
	}
	if err := system.Stop(b.Context()); err != nil {
		b.Fatal(err)
	}
}
