package messages_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"containment-chamber/messages"
)

// TestSecretCannotBeSeen tries every common way to print a value, also from within another one.
func TestSecretCannotBeSeen(t *testing.T) {
	const word = "correct horse"
	secret := messages.NewSecret([]byte(word))
	inside := struct {
		Exported messages.Secret
		hidden   messages.Secret
		pointer  *messages.Secret
	}{secret, secret, &secret}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", secret, "inside", inside)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&log, verb+verb, secret, inside)
	}
	for _, form := range []string{word, fmt.Sprintf("%x", word), fmt.Sprint([]byte(word)), fmt.Sprintf("%#v", []byte(word))} {
		if strings.Contains(log.String(), strings.Trim(form, "[]")) {
			t.Errorf("%s is seen in\n%s", form, log.String())
		}
	}
	if text, err := json.Marshal(inside); err == nil {
		t.Errorf("marshalled to %s", text)
	}
	if reflect.TypeFor[messages.Secret]().Comparable() {
		t.Error("secrets can be compared, and not in constant time")
	}
}

func TestSecretIsWipedForAll(t *testing.T) {
	raw := []byte("correct horse")
	secret := messages.NewSecret(raw)
	other := secret
	secret.Use(func(b []byte) {
		if string(b) != "correct horse" {
			t.Errorf("lent %q", b)
		}
	})
	secret.Wipe()
	secret.Wipe()
	other.Use(func(b []byte) {
		if !bytes.Equal(b, make([]byte, len(raw))) {
			t.Errorf("left: %q", b)
		}
	})
	if other.Empty() {
		t.Error("a wiped secret counts as none")
	}
	var none messages.Secret
	none.Wipe()
	if !none.Empty() {
		t.Error("the zero secret is not empty")
	}
}
