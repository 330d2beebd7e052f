package keys_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/cache"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

// encrypt writes n keystores with one password.
func encrypt(t testing.TB, dir string, n int) {
	t.Helper()
	for i := range n {
		seed := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(i)))
		seed[0] = 0 // below the order of the group
		text, err := keystore.Encrypt(seed[:], []byte("password"), keystore.Config{Cost: 2})
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, fmt.Sprintf("key-%04d.json", i)), string(text))
	}
	put(t, filepath.Join(dir, "password.txt"), "password")
}

func put(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// counted is a cache that counts what was decrypted in spite of it.
type counted struct {
	*cache.Cache
	kept *atomic.Int32
}

func (c counted) Keep(f [sha256.Size]byte, password []byte, public messages.PublicKey, secret []byte) {
	c.kept.Add(1)
	c.Cache.Keep(f, password, public, secret)
}

// started runs a keys actor with a cache until all is loaded and saved, and returns how many keys it has and how many
// keystores were decrypted.
func started(t *testing.T, dir, cachePath string) (loaded, decrypted int) {
	t.Helper()
	var kept atomic.Int32
	actorstest.Run(t, func(k *actorstest.Kit) {
		key, err := cache.ParseKey([]byte(strings.Repeat("k", 32)))
		if err != nil {
			t.Fatal(err)
		}
		c, err := cache.Open(cachePath, key)
		if err != nil {
			t.Log(err)
		}
		ref := actorstest.Spawn[messages.Keys](k, keys.Spec(keys.Config{
			Scan: filesystem(dir), Loaders: 3, Memory: 1 << 20,
			Load: func(candidate directory.Candidate) (*bls.SecretKey, error) {
				return candidate.LoadThrough(counted{c, &kept})
			},
			Loaded: func(publics []messages.PublicKey) {
				if _, err := c.Save(publics); err != nil {
					t.Error(err)
				}
			},
		}))
		ring, err := actorstest.Ask(k, ref, messages.GetKeyRing{})
		if err != nil {
			t.Fatal(err)
		}
		loaded = len(ring.PublicKeys())
		k.Advance(time.Second)
	})
	return loaded, int(kept.Load())
}

// The second start decrypts nothing but what is new; a cache that was edited costs a start as if there were none.
func TestSecondStart(t *testing.T) {
	dir, cachePath := t.TempDir(), filepath.Join(t.TempDir(), "cache")
	encrypt(t, dir, 20)
	start := func(why string, wantLoaded, wantDecrypted int) {
		t.Helper()
		if loaded, decrypted := started(t, dir, cachePath); loaded != wantLoaded || decrypted != wantDecrypted {
			t.Errorf("%s: %d loaded, %d decrypted; want %d, %d", why, loaded, decrypted, wantLoaded, wantDecrypted)
		}
	}
	start("first", 20, 20)
	start("second", 20, 0)
	encrypt(t, dir, 1)
	start("one keystore was made anew", 20, 1)
	put(t, filepath.Join(dir, "raw.yaml"), "type: file-raw\nprivateKey: \""+strings.Repeat("11", 32)+"\"\n")
	start("a raw key beside them", 21, 0)
	if err := os.Remove(filepath.Join(dir, "key-0007.json")); err != nil {
		t.Fatal(err)
	}
	start("one is gone", 20, 0)
	content, err := os.ReadFile(cachePath)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	put(t, cachePath, string(content))
	start("the cache was edited", 20, 19)
	put(t, filepath.Join(dir, "password.txt"), "wrong")
	start("the password is wrong, although nothing else changed", 1, 0)
	put(t, filepath.Join(dir, "password.txt"), "password")
	start("what failed was not in use, and is forgotten", 20, 19)
}

// What the saver does to itself hurts nobody.
func TestSaverCrash(t *testing.T) {
	dir := t.TempDir()
	encrypt(t, dir, 2)
	actorstest.Run(t, func(k *actorstest.Kit) {
		ref := actorstest.Spawn[messages.Keys](k, keys.Spec(keys.Config{
			Scan: filesystem(dir), Loaders: 1, Memory: 1 << 20, Loaded: func([]messages.PublicKey) { panic("disk on fire") },
		}))
		k.Advance(time.Minute)
		if ring, err := actorstest.Ask(k, ref, messages.GetKeyRing{}); err != nil || len(ring.PublicKeys()) != 2 {
			t.Errorf("the keys are lost: %v", err)
		}
		if p := actorstest.Events[messages.ActorPanicked](k); len(p) != 1 || p[0].Actor != "saver" {
			t.Errorf("panicked: %+v", p)
		}
		if done := actorstest.Events[messages.KeysLoaded](k); len(done) != 1 {
			t.Errorf("published %+v", done)
		}
	})
}
