package main_test

import (
	"slices"
	"strings"
	"testing"

	program "containment-chamber/cmd/containment-chamber"
)

func TestSignerAddresses(t *testing.T) {
	for _, test := range []struct {
		given     string
		plaintext bool
		want      string // the address, or a part of what is wrong with it
		ok        bool
	}{
		{"http://127.0.0.1:9000", false, "http://127.0.0.1:9000", true},
		{"http://127.3.2.1:9000/", false, "http://127.3.2.1:9000", true},
		{"http://LocalHost:9000", false, "http://LocalHost:9000", true},
		{"http://[::1]:9000", false, "http://[::1]:9000", true},
		{"http://[::ffff:127.0.0.1]:9000", false, "http://[::ffff:127.0.0.1]:9000", true},
		{"https://signer.example:9000/behind/a/proxy//", false, "https://signer.example:9000/behind/a/proxy", true},
		{"https://10.0.0.1", false, "https://10.0.0.1", true},
		{"http://10.0.0.1:9000", true, "http://10.0.0.1:9000", true},
		{"http://10.0.0.1:9000", false, "--allow-plaintext-signer", false},
		{"http://127.0.0.1.example:9000", false, "in the clear", false},
		{"http://localhost.example:9000", false, "in the clear", false},
		{"http://[::]:9000", false, "in the clear", false},
		{"http://0.0.0.0:9000", false, "in the clear", false},
		{"http://127.0.0.1:9000@10.0.0.1:9000", false, "never in a URL", false},
		{"https://x:token@signer.example", false, "never in a URL", false},
		{"https://signer.example?a=b", false, "without ? and #", false},
		{"https://signer.example#a", false, "without ? and #", false},
		{"127.0.0.1:9000", false, "it is no URL", false},
		{"localhost:9000", false, "want https://", false},
		{"signer.example", false, "want https://", false},
		{"unix:///run/signer", true, "want https://", false},
		{"http://:9000", true, "want https://", false},
		{"", true, "want https://", false},
	} {
		got, err := program.Addresses([]string{test.given}, test.plaintext)
		switch {
		case test.ok && (err != nil || !slices.Equal(got, []string{test.want})):
			t.Errorf("%s: got %q, %v, want %s", test.given, got, err, test.want)
		case !test.ok && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: got %q, %v, want an error with %q", test.given, got, err, test.want)
		}
	}
}

func TestSignersAreNamedOnce(t *testing.T) {
	for _, texts := range [][]string{
		{"https://a.example", "https://a.example"},
		{"https://a.example", "https://b.example", "https://a.example/"},
	} {
		if _, err := program.Addresses(texts, false); err == nil || !strings.Contains(err.Error(), "given twice") {
			t.Errorf("%q: got %v", texts, err)
		}
	}
}
