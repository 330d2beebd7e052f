package http

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"containment-chamber/messages"
)

// member takes the value of one name of a body. Its error says what it wants, without repeating what it got.
type member func(value) error

// members are the names that a body may have, each once.
type members map[string]member

// read reads the body, of which nothing may be used afterwards. No body is an object without members.
// Every error is an ErrMalformed.
func (m members) read(body []byte) error {
	if len(body) == 0 {
		return nil
	}
	left := maps.Clone(m)
	err := readObject(body, func(name []byte, v value) error {
		take, found := left[string(name)]
		if !found {
			return fmt.Errorf("a name in it is unknown, or comes twice; it may have %s", strings.Join(slices.Sorted(maps.Keys(m)), ", "))
		}
		delete(left, string(name))
		if err := take(v); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%w: body: %w", messages.ErrMalformed, err)
	}
	return nil
}

// secret takes a text into memory of its own.
func secret(into *messages.Secret) member {
	return func(v value) error {
		if v.kind != kindText {
			return errors.New("want a text")
		}
		*into = messages.NewSecret(bytes.Clone(v.text))
		return nil
	}
}

// secretHex takes hexadecimal digits into memory of their own.
func secretHex(into *messages.Secret, size int) member {
	return func(v value) error {
		decoded := make([]byte, hex.DecodedLen(len(v.text)))
		*into = messages.NewSecret(decoded)
		if _, err := hex.Decode(decoded, v.text); v.kind != kindText || err != nil || len(decoded) != size {
			return fmt.Errorf("want %d hexadecimal digits", hex.EncodedLen(size))
		}
		return nil
	}
}

// text takes a text of at most so many bytes, which may be shown and logged.
func text(into *string, most int) member {
	return func(v value) error {
		if v.kind != kindText || len(v.text) > most || !printable(v.text) {
			return fmt.Errorf("want a text of at most %d bytes on one line", most)
		}
		*into = string(v.text)
		return nil
	}
}

func printable(text []byte) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if !unicode.IsPrint(r) {
			return false
		}
		text = text[size:]
	}
	return true
}

// texts takes a list of them.
func texts(into *[]string, most int) member {
	return func(v value) error {
		if v.kind != kindList {
			return errors.New("want a list of texts")
		}
		*into = make([]string, len(v.list))
		for i, one := range v.list {
			if err := text(&(*into)[i], most)(value{kind: kindText, text: one}); err != nil {
				return err
			}
		}
		return nil
	}
}

// whole takes a whole number.
func whole(into *int) member {
	return func(v value) error {
		if v.kind != kindNumber { // it may be anything: no string is made of it
			return errors.New("want a whole number")
		}
		n, err := strconv.Atoi(string(v.text))
		if err != nil {
			return errors.New("want a whole number")
		}
		*into = n
		return nil
	}
}

// flag takes true or false.
func flag(into *bool) member {
	return func(v value) error {
		if v.kind != kindBool {
			return errors.New("want true or false")
		}
		*into = v.text[0] == 't'
		return nil
	}
}
