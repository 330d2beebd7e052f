package keystore_test

import (
	"encoding/json"
	"strings"
	"testing"

	"containment-chamber/actors/keys/keystore"
)

// isCheap reports whether a keystore that Parse accepted takes a fuzzer's patience to open.
func isCheap(text []byte) bool {
	var d struct {
		Crypto struct {
			KDF struct {
				Params struct{ N, R, P, C int }
			}
		}
	}
	if json.Unmarshal(text, &d) != nil {
		return false
	}
	p := d.Crypto.KDF.Params
	return p.N*p.R*p.P <= 1<<10 && p.C <= 1<<10
}

func TestMemory(t *testing.T) {
	tests := map[string]struct {
		text string
		want int64
	}{
		"scrypt":          {scryptVector, 256 << 20},
		"the most":        {strings.Replace(scryptVector, "262144", "1048576", 1), 1 << 30},
		"parallelism":     {strings.Replace(scryptVector, `"p": 1`, `"p": 4`, 1), 256 << 20},
		"a small scrypt":  {strings.Replace(scryptVector, "262144", "2", 1), 2 << 10},
		"pbkdf2 has none": {pbkdf2Vector, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := parse(t, test.text).Memory(); got != test.want {
				t.Fatalf("got %d, want %d", got, test.want)
			}
		})
	}
}

// A dklen above 32 must not change the 32 bytes that are used.
func TestLongerKeyOpens(t *testing.T) {
	for _, kdf := range []keystore.KDF{keystore.Scrypt, keystore.PBKDF2} {
		text, err := keystore.Encrypt([]byte("secret"), []byte("password"), keystore.Config{KDF: kdf, Cost: 2})
		if err != nil {
			t.Fatal(err)
		}
		longer := strings.Replace(string(text), `"dklen": 32`, `"dklen": 64`, 1)
		if secret, err := parse(t, longer).Decrypt([]byte("password")); err != nil || string(secret) != "secret" {
			t.Errorf("%s: got %q, %v", kdf, secret, err)
		}
	}
}
