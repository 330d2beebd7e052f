package quorum_test

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"containment-chamber/actors/seal/quorum"
	"containment-chamber/messages"
)

func TestCheckPassphrase(t *testing.T) {
	for _, test := range []struct {
		passphrase, operator string
		want                 quorum.Reason
	}{
		{"correct horse battery staple", "alice", ""},
		{"tramway-oblong-vicar-plumage", "alice", ""},
		{"kJ8#vQz2!mWp5x", "alice", ""},
		{"пароль лошадь батарея скоба", "alice", ""},
		{"Bouée, crêpe et vélo du dimanche", "alice", ""},
		{strings.Repeat("x", 5) + "kJ8#vQz2!mWp5x" + strings.Repeat("tramway oblong vicar ", 11), "alice", ""},

		{"", "alice", quorum.TooShort},
		{"kJ8#vQz2!mWp5", "alice", quorum.TooShort},
		{"ааааааааааааа", "alice", quorum.TooShort}, // 26 bytes, 13 characters
		{"ñandú crêpe é", "alice", ""},              // 13 as typed, 17 in NFKD

		{strings.Repeat("kJ8#vQz2", 32) + "!", "alice", quorum.TooLong},
		{strings.Repeat("kJ8#vQz2", 4000), "alice", quorum.TooLong},
		{strings.Repeat("\ufdfa", 14), "alice", quorum.TooLong}, // 42 bytes, 462 in NFKD

		{"correct horse alice staple", "alice", quorum.ContainsOperatorName},
		{"correct horse ALICE staple", "alice", quorum.ContainsOperatorName},
		{"correct ａｌｉｃｅ horse staple", "alice", quorum.ContainsOperatorName},
		{"correct horse battery staple", "al", ""},

		{"aaaaaaaaaaaaaa", "alice", quorum.TooWeak},
		{"аааааааааааааа", "alice", quorum.TooWeak},
		{strings.Repeat("a", 256), "alice", quorum.TooWeak},
		{"passwordpassword", "alice", quorum.TooWeak},
		{"парольпарольпароль", "alice", quorum.TooWeak},
		{"p4ssw0rdp4ssw0rd", "alice", quorum.TooWeak},
		{"19961996199619961996", "alice", quorum.TooWeak},
		{"qwertyuiopasdfgh", "alice", quorum.TooWeak},
		{"containment-chamber", "alice", quorum.TooWeak},
		{"Containment Chamber 2026", "alice", quorum.TooWeak},
		{"containment-containment-1", "alice", quorum.TooWeak},
		{"abababababababababab", "ab", quorum.TooWeak},
	} {
		estimated := 0
		err := quorum.CheckPassphrase([]byte(test.passphrase), test.operator, func(took time.Duration) {
			estimated++
			if took <= 0 {
				t.Errorf("%q: estimated in %v", test.passphrase, took)
			}
		})
		var refusal *quorum.Refusal
		var got quorum.Reason
		if errors.As(err, &refusal) {
			got = refusal.Reason
		}
		if got != test.want || (err == nil) != (test.want == "") {
			t.Errorf("%q of %s: got %v, want %q", test.passphrase, test.operator, err, test.want)
		}
		if err != nil && (!errors.Is(err, messages.ErrMalformed) || strings.Contains(err.Error(), "horse")) {
			t.Errorf("%q: the error is %v", test.passphrase, err)
		}
		if floors := got == "" || got == quorum.TooWeak; floors != (estimated == 1) {
			t.Errorf("%q: estimated %d times", test.passphrase, estimated)
		}
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	seen := map[string]bool{}
	for _, reason := range []quorum.Reason{quorum.TooShort, quorum.TooLong, quorum.TooWeak, quorum.ContainsOperatorName} {
		text := (&quorum.Refusal{Reason: reason}).Error()
		if seen[text] || !strings.Contains(text, ": take ") {
			t.Errorf("%s: %s", reason, text)
		}
		seen[text] = true
	}
}

// Whatever is typed, the estimator survives it, and soon.
func FuzzCheckPassphrase(f *testing.F) {
	for _, seed := range []string{"", "correct horse battery staple", "4@8({[<369!1|70$5+%2", "1!|71!|71!|71!|7", "\xff\xfe 14 bytes at least", "19.9.1996 and 9/9/96"} {
		f.Add([]byte(seed), "alice")
	}
	f.Fuzz(func(t *testing.T, passphrase []byte, operator string) {
		before := string(passphrase)
		err := quorum.CheckPassphrase(passphrase, operator, func(took time.Duration) {
			if took > 10*time.Second {
				t.Errorf("%q took %v", passphrase, took)
			}
		})
		if string(passphrase) != before {
			t.Error("it was changed")
		}
		if err == nil && utf8.RuneCount(passphrase) < 2 {
			t.Errorf("%q is good", passphrase)
		}
	})
}
