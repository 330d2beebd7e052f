package bls_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	blst "github.com/supranational/blst/bindings/go"
	"pgregory.net/rapid"

	"containment-chamber/actors/keys/bls"
	"containment-chamber/messages"
)

const ciphersuite = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"

type vector struct {
	Secret    string             `json:"secret_key"`
	Public    messages.PublicKey `json:"pubkey"`
	Root      messages.Root      `json:"signing_root"`
	Signature string             `json:"signature"`
}

func (v vector) check(t *testing.T) {
	t.Helper()
	key := newKey(t, v.Secret)
	if key.PublicKey() != v.Public {
		t.Errorf("public key %s, want %s", key.PublicKey(), v.Public)
	}
	signature, err := bls.Sign(bls.NewMessage(v.Root), key)
	if err != nil || signature.String() != v.Signature {
		t.Errorf("got %s, %v; want %s", signature, err, v.Signature)
	}
	if !bls.Verify(v.Public, v.Root, signature) {
		t.Error("the signature does not verify")
	}
}

// From the consensus specification's test suite (bls12-381-tests v0.1.2, sign).
func TestSignKnownAnswer(t *testing.T) {
	secret := "263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3"
	vector{
		Secret: secret,
		Public: newKey(t, secret).PublicKey(),
		Signature: "0xb6ed936746e01f8ecf281f020953fbf1f01debd5657c4a383940b020b26507f6076334f91e2366c96e9ab279fb515809" +
			"0352ea1c5b0c9274504f4f0e7053af24802e51e4568d164fe986834f41e55c8e850ce1f98458c0cfc9ab380b55285a55",
	}.check(t)
}

func TestSignLikeValidatorClients(t *testing.T) {
	files, err := filepath.Glob("../../../../shared/vectors/clients/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("the recorded requests of validator clients are not beside this checkout")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var v vector
			if err := json.Unmarshal(text, &v); err != nil {
				t.Fatal(err)
			}
			v.check(t)
		})
	}
}

// genSecret draws 32 bytes that are a secret key: below 2^254, which is below r, and not zero.
func genSecret(t *rapid.T, label string) [32]byte {
	secret := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, label))
	secret[0] &= 0x3f
	secret[31] |= 1
	return secret
}

func TestSignAllIsSignIsTheLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := messages.Root(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root"))
		keys := make([]*bls.SecretKey, rapid.IntRange(0, 5).Draw(t, "keys"))
		want := make([]messages.Signature, len(keys))
		for i := range keys {
			secret := genSecret(t, "secret")
			key, err := bls.NewSecretKey(secret[:])
			if err != nil {
				t.Fatal(err)
			}
			keys[i] = key
			raw := new(blst.SecretKey).Deserialize(secret[:])
			copy(want[i][:], new(blst.P2Affine).Sign(raw, root[:], []byte(ciphersuite)).Compress())
		}
		m := bls.NewMessage(root)
		got := make([]messages.Signature, len(keys))
		if err := bls.SignAll(m, keys, got); err != nil {
			t.Fatal(err)
		}
		for i, key := range keys {
			if got[i] != want[i] {
				t.Fatalf("key %d of %d: SignAll gives %s, the library %s", i, len(keys), got[i], want[i])
			}
			if one, err := bls.Sign(m, key); err != nil || one != want[i] {
				t.Fatalf("Sign gives %s, %v; the library %s", one, err, want[i])
			}
		}
	})
}

func TestWipedKeySignsNothing(t *testing.T) {
	good, wiped := newKey(t, strings.Repeat("11", 32)), newKey(t, strings.Repeat("22", 32))
	wiped.Wipe()
	wiped.Wipe()
	m := bls.NewMessage(messages.Root{1})
	if signature, err := bls.Sign(m, wiped); !errors.Is(err, messages.ErrUnknownKey) || signature != (messages.Signature{}) {
		t.Errorf("got %s, %v", signature, err)
	}
	out := make([]messages.Signature, 2)
	err := bls.SignAll(m, []*bls.SecretKey{good, wiped}, out)
	if !errors.Is(err, messages.ErrUnknownKey) || !strings.Contains(err.Error(), wiped.PublicKey().String()) {
		t.Errorf("got %v, want an error that names the wiped key", err)
	}
	if out[0] != (messages.Signature{}) || out[1] != (messages.Signature{}) {
		t.Error("a signature was written although the call was refused")
	}
	if _, err := bls.Sign(m, good); err != nil {
		t.Error(err)
	}
}

func TestSignAllNeedsRoom(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Fatal("no panic")
		}
	}()
	_ = bls.SignAll(bls.NewMessage(messages.Root{}), []*bls.SecretKey{newKey(t, strings.Repeat("11", 32))}, nil)
}

func TestVerifyRefuses(t *testing.T) {
	key, other := newKey(t, strings.Repeat("11", 32)), newKey(t, strings.Repeat("22", 32))
	root := messages.Root{1}
	signature, err := bls.Sign(bls.NewMessage(root), key)
	if err != nil {
		t.Fatal(err)
	}
	bent := signature
	bent[95] ^= 1
	infinityKey, infinity := messages.PublicKey{0xc0}, messages.Signature{0xc0}
	tests := map[string]struct {
		key       messages.PublicKey
		root      messages.Root
		signature messages.Signature
	}{
		"another key":        {other.PublicKey(), root, signature},
		"another root":       {key.PublicKey(), messages.Root{2}, signature},
		"another signature":  {key.PublicKey(), root, bent},
		"no key":             {messages.PublicKey{}, root, signature},
		"no signature":       {key.PublicKey(), root, messages.Signature{}},
		"points at infinity": {infinityKey, root, infinity},
		"signature at inf.":  {key.PublicKey(), root, infinity},
		"public key at inf.": {infinityKey, root, signature},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if bls.Verify(test.key, test.root, test.signature) {
				t.Fatal("verified")
			}
		})
	}
}
