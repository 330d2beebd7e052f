package quorum_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"containment-chamber/actors/seal/quorum"
)

// Each opening costs some tenths of a second: few are tried, and what the kinds have in common is tried with the others.
func TestPassphrase(t *testing.T) {
	c := quorum.SealUnderPassphrase(share, []byte("Caf\u00e9 \ufb01xe, tramway"), binding)
	if want := (quorum.Argon2id{MemoryKiB: 65536, Passes: 3, Lanes: 4}); c.Argon2id != want || len(c.Salt) != 16 || c.Kind != quorum.Passphrase {
		t.Errorf("%+v", c)
	}
	got, err := c.OpenWithPassphrase([]byte("Cafe\u0301 fixe, tramway"), binding)
	wantShare(t, got, err)
	got, err = c.OpenWithPassphrase([]byte("cafe fixe, tramway"), binding)
	wantRefusal(t, got, err, quorum.ErrWrongCredential, "")
	other := binding
	other.Generation--
	got, err = c.OpenWithPassphrase([]byte("Cafe\u0301 fixe, tramway"), other)
	wantRefusal(t, got, err, quorum.ErrWrongCredential, "")

	got, err = c.OpenWithResponse(make([]byte, 20), binding)
	wantRefusal(t, got, err, quorum.ErrWrongCredential, "") // which does not say that there is no YubiKey
	got, err = cheap(t)[quorum.YubiKey].OpenWithPassphrase([]byte("Cafe"), binding)
	wantRefusal(t, got, err, quorum.ErrWrongCredential, "")
}

func TestParametersAreBounded(t *testing.T) {
	token := quorum.NewToken()
	c := quorum.SealUnderToken(share, token, binding)
	c.Kind = quorum.Passphrase
	for _, test := range []struct {
		parameters quorum.Argon2id
		want       string
	}{
		{quorum.Argon2id{}, "memory_kib is 0"},
		{quorum.Argon2id{MemoryKiB: 65535, Passes: 3, Lanes: 4}, "memory_kib is 65535"},
		{quorum.Argon2id{MemoryKiB: 1<<20 + 1, Passes: 3, Lanes: 4}, "memory_kib is 1048577"},
		{quorum.Argon2id{MemoryKiB: 1<<32 - 1, Passes: 3, Lanes: 4}, "memory_kib is 4294967295"},
		{quorum.Argon2id{MemoryKiB: 65536, Passes: 2, Lanes: 4}, "passes is 2"},
		{quorum.Argon2id{MemoryKiB: 65536, Passes: 17, Lanes: 4}, "passes is 17"},
		{quorum.Argon2id{MemoryKiB: 65536, Passes: 3, Lanes: 3}, "lanes is 3"},
		{quorum.Argon2id{MemoryKiB: 65536, Passes: 3, Lanes: 256 + 4}, "lanes is 260"},
	} {
		c.Argon2id = test.parameters
		got, err := c.OpenWithPassphrase([]byte("tramway"), binding)
		wantRefusal(t, got, err, quorum.ErrDamaged, test.want)
	}
}

// The room that is made for a passphrase in NFKD is enough for every character, so that it is never copied.
func TestNormalizationGrowsNoFurther(t *testing.T) {
	for r := range rune(utf8.MaxRune) {
		text := string(r)
		if normal := norm.NFKD.String(text); len(normal) > 11*len(text) {
			t.Errorf("%U grows from %d to %d bytes", r, len(text), len(normal))
		}
	}
}

func BenchmarkOpenWithPassphrase(b *testing.B) {
	c := quorum.SealUnderPassphrase(share, []byte("tramway"), binding)
	for _, passphrase := range []string{"tramway", "omnibus", strings.Repeat("omnibus", 1000)} {
		b.Run(passphrase[:min(len(passphrase), 8)], func(b *testing.B) {
			for b.Loop() {
				_, _ = c.OpenWithPassphrase([]byte(passphrase), binding)
			}
		})
	}
}
