package keystore_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/keys/keystore"
)

// The test vectors of EIP-2335.
const (
	vectorPassword = "𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑"
	vectorSecret   = "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
	vectorPublic   = "0x9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07"

	scryptVector = `{
  "crypto": {
    "kdf": {
      "function": "scrypt",
      "params": {"dklen": 32, "n": 262144, "p": 1, "r": 8, "salt": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"},
      "message": ""
    },
    "checksum": {"function": "sha256", "params": {}, "message": "d2217fe5f3e9a1e34581ef8a78f7c9928e436d36dacc5e846690a5581e8ea484"},
    "cipher": {
      "function": "aes-128-ctr",
      "params": {"iv": "264daa3f303d7259501c93d997d84fe6"},
      "message": "06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f"
    }
  },
  "description": "This is a test keystore that uses scrypt to secure the secret.",
  "pubkey": "9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
  "path": "m/12381/60/3141592653/589793238",
  "uuid": "1d85ae20-35c5-4611-98e8-aa14a633906f",
  "version": 4
}`
	pbkdf2Vector = `{
  "crypto": {
    "kdf": {
      "function": "pbkdf2",
      "params": {"dklen": 32, "c": 262144, "prf": "hmac-sha256", "salt": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"},
      "message": ""
    },
    "checksum": {"function": "sha256", "params": {}, "message": "8a9f5d9912ed7e75ea794bc5a89bca5f193721d30868ade6f73043c6ea6febf1"},
    "cipher": {
      "function": "aes-128-ctr",
      "params": {"iv": "264daa3f303d7259501c93d997d84fe6"},
      "message": "cee03fde2af33149775b7223e7845e4fb2c8ae1792e5f99fe9ecf474cc8c16ad"
    }
  },
  "description": "This is a test keystore that uses PBKDF2 to secure the secret.",
  "pubkey": "9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
  "path": "m/12381/60/0/0",
  "uuid": "64625def-3331-4eea-ab6f-782f3ed16a83",
  "version": 4
}`
)

func parse(t testing.TB, text string) *keystore.Keystore {
	t.Helper()
	k, err := keystore.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// raceDetector reports whether the test was built with -race.
func raceDetector() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

func TestVectors(t *testing.T) {
	tests := map[string]struct {
		text, path, uuid string
		memory           int64
	}{
		"scrypt": {scryptVector, "m/12381/60/3141592653/589793238", "1d85ae20-35c5-4611-98e8-aa14a633906f", 256 << 20},
		"pbkdf2": {pbkdf2Vector, "m/12381/60/0/0", "64625def-3331-4eea-ab6f-782f3ed16a83", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := parse(t, test.text)
			if k.PublicKey.String() != vectorPublic || k.Path != test.path || k.UUID != test.uuid || k.Memory() != test.memory ||
				!strings.HasPrefix(k.Description, "This is a test keystore") {
				t.Errorf("parsed as %+v, %d bytes of memory", k, k.Memory())
			}
			if k.Memory() > 0 && raceDetector() {
				t.Skip("the race detector makes scrypt at full cost take many seconds, in code that has one goroutine")
			}
			secret, err := k.Decrypt([]byte(vectorPassword))
			if err != nil || hex.EncodeToString(secret) != vectorSecret {
				t.Errorf("got %x, %v", secret, err)
			}
		})
	}
}

// cheap returns a keystore that costs next to nothing to open.
func cheap(t testing.TB, secret []byte, password string, kdf keystore.KDF) *keystore.Keystore {
	t.Helper()
	text, err := keystore.Encrypt(secret, []byte(password), keystore.Config{KDF: kdf, Cost: 2})
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(text))
}

func TestDecryptRefusesAnotherPassword(t *testing.T) {
	for _, kdf := range []keystore.KDF{keystore.Scrypt, keystore.PBKDF2} {
		k := cheap(t, []byte("secret"), "password", kdf)
		for _, password := range []string{"", "Password", "password ", "passwor"} {
			if secret, err := k.Decrypt([]byte(password)); !errors.Is(err, keystore.ErrPassword) || secret != nil {
				t.Errorf("%s, %q: got %q, %v", kdf, password, secret, err)
			}
		}
	}
}

func TestDecryptNoticesDamage(t *testing.T) {
	text, err := keystore.Encrypt([]byte("secret"), []byte("password"), keystore.Config{Cost: 2})
	if err != nil {
		t.Fatal(err)
	}
	ciphertext := regexp.MustCompile(`"message": "([0-9a-f]{12})"`)
	damaged := ciphertext.ReplaceAll(text, []byte(`"message": "000000000000"`))
	if _, err := parse(t, string(damaged)).Decrypt([]byte("password")); !errors.Is(err, keystore.ErrPassword) {
		t.Fatalf("got %v", err)
	}
}

func TestDecryptLeavesThePasswordAlone(t *testing.T) {
	k := cheap(t, []byte("secret"), "pass\x7fword", keystore.PBKDF2)
	password := []byte("pass\x7fword")
	for range 2 {
		if secret, err := k.Decrypt(password); err != nil || !bytes.Equal(secret, []byte("secret")) {
			t.Fatalf("got %q, %v", secret, err)
		}
	}
	if string(password) != "pass\x7fword" {
		t.Errorf("the caller's password became %q", password)
	}
}
