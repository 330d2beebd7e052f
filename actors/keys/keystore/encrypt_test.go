package keystore_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/keys/keystore"
	"containment-chamber/messages"
)

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 1, 64).Draw(t, "secret")
		password := rapid.String().Draw(t, "password")
		config := keystore.Config{
			KDF:         rapid.SampledFrom([]keystore.KDF{"", keystore.Scrypt, keystore.PBKDF2}).Draw(t, "kdf"),
			Cost:        1 << rapid.IntRange(1, 4).Draw(t, "cost"),
			PublicKey:   messages.PublicKey(rapid.SliceOfN(rapid.Byte(), 48, 48).Draw(t, "public")),
			Path:        rapid.String().Draw(t, "path"),
			Description: rapid.String().Draw(t, "description"),
		}
		text, err := keystore.Encrypt(secret, []byte(password), config)
		if err != nil {
			t.Fatal(err)
		}
		k, err := keystore.Parse(text)
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if k.PublicKey != config.PublicKey || k.Path != config.Path || k.Description != config.Description {
			t.Fatalf("parsed as %+v", k)
		}
		if got, err := k.Decrypt([]byte(password)); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("got %x, %v", got, err)
		}
	})
}

func TestEncryptIsRandom(t *testing.T) {
	one, two := cheap(t, []byte("secret"), "password", keystore.PBKDF2), cheap(t, []byte("secret"), "password", keystore.PBKDF2)
	if one.UUID == two.UUID || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(one.UUID) {
		t.Errorf("UUIDs %s, %s", one.UUID, two.UUID)
	}
}

func TestEncryptDefaults(t *testing.T) {
	text, err := keystore.Encrypt([]byte("secret"), []byte("password"), keystore.Config{KDF: keystore.PBKDF2})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Crypto struct {
			KDF struct {
				Params struct {
					C int
				}
			}
		}
		Pubkey  *string
		Version int
	}
	if err := json.Unmarshal(text, &got); err != nil || got.Crypto.KDF.Params.C != 262144 || got.Version != 4 || got.Pubkey == nil || *got.Pubkey != "" {
		t.Fatalf("%v:\n%s", err, text)
	}
}

func TestEncryptRefuses(t *testing.T) {
	tests := map[string]struct {
		secret string
		config keystore.Config
	}{
		"no secret":        {"", keystore.Config{Cost: 2}},
		"unknown function": {"secret", keystore.Config{KDF: "argon2", Cost: 2}},
		"cost odd":         {"secret", keystore.Config{Cost: 3}},
		"cost negative":    {"secret", keystore.Config{KDF: keystore.PBKDF2, Cost: -1}},
		"cost hostile":     {"secret", keystore.Config{Cost: 1 << 40}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if text, err := keystore.Encrypt([]byte(test.secret), []byte("password"), test.config); err == nil || text != nil {
				t.Fatalf("got %s, %v", text, err)
			}
		})
	}
}
