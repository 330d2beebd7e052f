package quorum_test

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"containment-chamber/actors/seal/quorum"
)

func TestToken(t *testing.T) {
	token := quorum.NewToken()
	text := token.Reveal()
	if !regexp.MustCompile(`^cc-register-[a-z2-7]{52}$`).Match(text) {
		t.Errorf("%s", text)
	}
	read, err := quorum.ParseToken(text)
	if err != nil || !bytes.Equal(read.Reveal(), text) {
		t.Fatalf("%s is read as %s, %v", text, read.Reveal(), err)
	}
	if bytes.Equal(quorum.NewToken().Reveal(), text) {
		t.Error("made twice")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if printed := fmt.Sprintf(verb, token); printed != "[secret]" {
			t.Errorf("%s prints %s", verb, printed)
		}
	}
	token.Wipe()
	if wiped := token.Reveal(); string(wiped) != "cc-register-"+strings.Repeat("a", 52) {
		t.Errorf("wiped, it is %s", wiped)
	}
}

func TestParseTokenRefuses(t *testing.T) {
	good := string(quorum.NewToken().Reveal())
	body := strings.TrimPrefix(good, "cc-register-")
	for name, text := range map[string]string{
		"nothing":         "",
		"prefix only":     "cc-register-",
		"no prefix":       body,
		"another prefix":  "cc-setup-" + body,
		"short":           good[:len(good)-1],
		"long":            good + "a",
		"upper case":      strings.ToUpper(good),
		"upper-case body": "cc-register-" + strings.ToUpper(body),
		"a space":         good + " ",
		"a line":          good[:20] + "\n" + good[20:],
		"padding":         good + "====",
		"no base32":       "cc-register-" + strings.Repeat("1", 52),
		"spare bits set":  "cc-register-" + strings.Repeat("a", 51) + "b",
		"very long":       "cc-register-" + strings.Repeat("a", 1<<16),
	} {
		token, err := quorum.ParseToken([]byte(text))
		if token != nil || !errors.Is(err, quorum.ErrWrongCredential) {
			t.Errorf("%s: %v", name, err)
		}
		if len(text) > 20 && strings.Contains(err.Error(), text[12:]) {
			t.Errorf("%s: the error shows it: %v", name, err)
		}
	}
}

func FuzzParseToken(f *testing.F) {
	f.Add([]byte("cc-register-" + strings.Repeat("a", 52)))
	f.Add([]byte("cc-register-" + strings.Repeat("7", 51) + "q"))
	f.Add([]byte("cc-register-\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		token, err := quorum.ParseToken(text)
		if err == nil && !bytes.Equal(token.Reveal(), text) {
			t.Errorf("%q is read as %q", text, token.Reveal())
		}
	})
}
