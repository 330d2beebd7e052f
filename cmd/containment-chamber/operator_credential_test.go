package main_test

import (
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	program "containment-chamber/cmd/containment-chamber"
)

func FuzzSecretBodyIsJSON(f *testing.F) {
	f.Add([]byte("correct horse battery"), "alice")
	f.Add([]byte("\"\\/\b\f\n\r\t\x00\x1f\x7f"), "a\"b")
	f.Add([]byte("Grüße 🐎 \u2028\ufeff"), "")
	f.Fuzz(func(t *testing.T, secret []byte, operator string) {
		if !utf8.Valid(secret) || !utf8.ValidString(operator) {
			t.Skip("secrets and names are text")
		}
		body := program.SecretBody("passphrase", secret, "operator", operator)
		var got map[string]string
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		want := map[string]string{"operator": operator, "passphrase": string(secret)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want, +got:\n%s", diff)
		}
	})
}
