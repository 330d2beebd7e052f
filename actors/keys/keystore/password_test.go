package keystore_test

import (
	"testing"

	"containment-chamber/actors/keys/keystore"
)

func TestPasswordsThatAreTheSame(t *testing.T) {
	tests := map[string]struct{ encrypt, decrypt string }{
		"mathematical letters": {vectorPassword, "testpassword🔑"},
		"composed":             {"caf\u00e9", "cafe\u0301"},
		"compatibility":        {"\ufb01sh", "fish"},
		"C0":                   {"pass\x00\x1fword\n", "password"},
		"Delete":               {"pass\x7fword", "password"},
		"C1":                   {"pass\u0080\u009fword", "password"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			k := cheap(t, []byte("secret"), test.encrypt, keystore.PBKDF2)
			if secret, err := k.Decrypt([]byte(test.decrypt)); err != nil || string(secret) != "secret" {
				t.Fatalf("got %q, %v", secret, err)
			}
		})
	}
}

func TestPasswordsThatDiffer(t *testing.T) {
	tests := map[string]struct{ encrypt, decrypt string }{
		"space":           {"pass word", "password"},
		"no-break space":  {"pass\u00a0word", "password"},
		"soft hyphen":     {"pass\u00adword", "password"},
		"zero-width join": {"pass\u200dword", "password"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := cheap(t, []byte("secret"), test.encrypt, keystore.PBKDF2).Decrypt([]byte(test.decrypt)); err == nil {
				t.Fatal("opened")
			}
		})
	}
}
