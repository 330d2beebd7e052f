package bls_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/secmem"
	"containment-chamber/messages"
)

// order is r, the order of the groups of BLS12-381.
const order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001"

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newKey(t testing.TB, secret string) *bls.SecretKey {
	t.Helper()
	key, err := bls.NewSecretKey(unhex(t, secret))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestNewSecretKeyRefuses(t *testing.T) {
	tests := map[string]struct{ secret, want string }{
		"zero":          {strings.Repeat("00", 32), "zero"},
		"the order":     {order, "order of the group"},
		"above it":      {strings.Repeat("ff", 32), "order of the group"},
		"nothing":       {"", "got 0"},
		"one byte less": {strings.Repeat("11", 31), "got 31"},
		"one byte more": {strings.Repeat("11", 33), "got 33"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			key, err := bls.NewSecretKey(unhex(t, test.secret))
			if key != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, %v; want an error with %q", key, err, test.want)
			}
		})
	}
}

func TestPublicKey(t *testing.T) {
	tests := map[string]struct{ secret, public string }{
		// The generator's serialization stands in draft-irtf-cfrg-pairing-friendly-curves.
		"one": {
			strings.Repeat("00", 31) + "01",
			"0x97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
		},
		"minus one": {
			order[:62] + "00",
			"0xb7f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb",
		},
		// Validator 0 of the interoperability keys (eth2.0-pm interop/mocked_start).
		"interop": {
			"25295f0d1d592a90b333e26e85149708208e9f8e8bc18f6c77bd62f8ad7a6866",
			"0xa99a76ed7796f7be22d5b7e85deeb7c5677e88e511e0b337618f8c4eb61349b4bf2d153f649f7b53359fe8b94a38e44c",
		},
		"EIP-2335": {
			"000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
			"0x9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := newKey(t, test.secret).PublicKey().String(); got != test.public {
				t.Fatalf("got %s, want %s", got, test.public)
			}
		})
	}
}

func TestSecretKeyKeepsNoReference(t *testing.T) {
	secret := bytes.Repeat([]byte{7}, 32)
	key, err := bls.NewSecretKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	m := bls.NewMessage([32]byte{1})
	before, _ := bls.Sign(m, key)
	clear(secret)
	if after, err := bls.Sign(m, key); err != nil || after != before {
		t.Fatalf("the signature changed with the caller's slice (%v)", err)
	}
}

func TestSecretKeyShowsNothing(t *testing.T) {
	key := newKey(t, strings.Repeat("2b", 32))
	type holder struct {
		Key    *bls.SecretKey
		hidden *bls.SecretKey
	}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%20v", "%T %[1]v"} {
		fmt.Fprintf(&out, verb+"\n", key)
		fmt.Fprintf(&out, verb+"\n", holder{key, key})
		fmt.Fprintf(&out, verb+"\n", []*bls.SecretKey{key})
		fmt.Fprintf(&out, verb+"\n", reflect.ValueOf(key).Elem()) // as a dump of the struct would
	}
	asJSON, err := json.Marshal(holder{Key: key})
	if err != nil || string(asJSON) != `{"Key":"[secret]"}` {
		t.Errorf("JSON: %s, %v", asJSON, err)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("text", "key", key, "holder", holder{key, key})
	slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "key", key, "holder", holder{key, key})
	out.WriteString(key.String())
	// The secret is 32 times 0x2b, which is 43 in decimal and "+" as a character.
	for _, leak := range []string{"2b2b", "2B2B", "0x2b, 0x2b", "43 43", "43, 43", "++++"} {
		if strings.Contains(out.String(), leak) {
			t.Fatalf("the output contains %q:\n%s", leak, out.String())
		}
	}
	if got := fmt.Sprintf("%v %s %#v %x", key, key, key, key); got != "[secret] [secret] [secret] [secret]" {
		t.Errorf("got %s", got)
	}
}

// Keys are wiped and forgotten while others are made and all of them sign: a signature is right, or refused. That no key
// gets the memory of another that is still being used can be seen from the signatures; the race detector watches too.
func TestWipeDuringSignatures(t *testing.T) {
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			m := bls.NewMessage(messages.Root{byte(g)})
			for i := range 25 {
				key := numbered(t, uint64(100*g+i+1))
				wiped := make(chan struct{})
				go func() { key.Wipe(); close(wiped) }()
				if signature, err := bls.Sign(m, key); err == nil && !bls.Verify(key.PublicKey(), m.Root(), signature) {
					t.Errorf("key %d of %d: a wrong signature", i, g)
				}
				<-wiped
				if i%10 == 0 {
					runtime.GC()
				}
			}
		})
	}
	group.Wait()
}

// What the system refuses to any secret, it refuses to keys.
func TestMemoryWeakness(t *testing.T) {
	key := newKey(t, strings.Repeat("11", 32))
	var other secmem.Arena
	if _, err := other.New(); err != nil {
		t.Fatal(err)
	}
	if got, want := bls.MemoryWeakness(), other.Weakness(); (got == nil) != (want == nil) {
		t.Errorf("with %v loaded: %v, want %v", key, got, want)
	}
}

func TestReveal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := genSecret(t, "secret")
		key, err := bls.NewSecretKey(secret[:])
		if err != nil {
			t.Skip("not a key")
		}
		var lent []byte
		if !key.Reveal(func(b []byte) {
			if lent = b; !bytes.Equal(b, secret[:]) {
				t.Error("another secret")
			}
		}) {
			t.Error("not lent")
		}
		if !bytes.Equal(lent, make([]byte, bls.SecretKeySize)) {
			t.Error("what was lent is not wiped")
		}
		key.Wipe()
		if key.Reveal(func([]byte) { t.Error("a wiped key was lent") }) {
			t.Error("a wiped key was lent")
		}
	})
}
