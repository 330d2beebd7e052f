package eip3076

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"containment-chamber/messages"
)

// decoder walks through JSON without building a tree of it.
type decoder struct{ *json.Decoder }

// field reads the value of one name in an object.
type field struct {
	required bool
	read     func() error
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{messages.ErrMalformed}, args...)...)
}

// within puts the place of an error before it.
func within(place string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", place, err)
}

// jsonError tells a fault of the file's text from a fault of reading it.
func jsonError(err error) error {
	var (
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return malformed("it ends too early")
	case errors.As(err, &syntax):
		return malformed("not JSON at byte %d", syntax.Offset)
	case errors.As(err, &kind):
		return malformed("a %s where the format has something else", kind.Value)
	}
	return err
}

// value reads the next value whole.
func (d decoder) value(into any) error {
	if err := d.Decode(into); err != nil {
		return jsonError(err)
	}
	return nil
}

// text reads a string, or a number as it is written.
func (d decoder) text(into *string) error {
	var raw json.RawMessage
	if err := d.value(&raw); err != nil {
		return err
	}
	if raw[0] != '"' {
		*into = string(raw)
		return nil
	}
	return json.Unmarshal(raw, into)
}

func (d decoder) token() (json.Token, error) {
	t, err := d.Token()
	if err != nil {
		return nil, jsonError(err)
	}
	return t, nil
}

// object reads an object: known fields once each, the required ones without fail, and skips all others.
func (d decoder) object(fields map[string]field) error {
	open, err := d.token()
	if err != nil {
		return err
	}
	if open != json.Delim('{') {
		return malformed("not an object")
	}
	seen := make(map[string]bool, len(fields))
	for d.More() {
		name, err := d.token()
		if err != nil {
			return err
		}
		key, _ := name.(string) // the decoder lets nothing but a string stand there
		known, ok := fields[key]
		switch {
		case seen[key]:
			return malformed("%s is given twice", key)
		case ok:
			seen[key] = true
			err = known.read()
		default:
			err = d.value(&json.RawMessage{})
		}
		if err != nil {
			return err
		}
	}
	if _, err := d.token(); err != nil {
		return err
	}
	for key, known := range fields {
		if known.required && !seen[key] {
			return malformed("%s is missing", key)
		}
	}
	return nil
}

// array reads an array, or null for an empty one, element by element. An error is said to be at the element's index.
func (d decoder) array(name string, element func() error) error {
	open, err := d.token()
	if err != nil {
		return within(name, err)
	}
	if open == nil {
		return nil
	}
	if open != json.Delim('[') {
		return malformed("%s is not an array", name)
	}
	for i := 0; d.More(); i++ {
		if err := element(); err != nil {
			return within(name+"["+strconv.Itoa(i)+"]", err)
		}
	}
	_, err = d.token()
	return within(name, err)
}

// number is a slot or an epoch: decimal digits, in quotes or not. Its fault is kept until check can name the field.
type number struct {
	value uint64
	given bool
	fault error
}

// UnmarshalJSON implements [json.Unmarshaler].
func (n *number) UnmarshalJSON(text []byte) error {
	if n.given {
		n.fault = malformed("given twice")
		return nil
	}
	n.given = true
	digits := text
	if len(text) >= 2 && text[0] == '"' {
		digits = text[1 : len(text)-1]
	}
	value, err := strconv.ParseUint(string(digits), 10, 64)
	switch {
	case err != nil:
		n.fault = malformed("%.30q is not a whole number from 0 to %d", digits, uint64(MaxNumber))
	case value > MaxNumber:
		n.fault = malformed("%d is greater than %d", value, uint64(MaxNumber))
	}
	n.value = value
	return nil
}

func (n number) check(name string) error {
	if !n.given {
		return malformed("%s is missing", name)
	}
	return within(name, n.fault)
}

// root is a signing root that may be missing or null.
type root struct {
	value        messages.Root
	known, given bool
	fault        error
}

// UnmarshalJSON implements [json.Unmarshaler].
func (r *root) UnmarshalJSON(text []byte) error {
	if r.given {
		r.fault = malformed("given twice")
		return nil
	}
	r.given = true
	if bytes.Equal(text, []byte("null")) {
		return nil
	}
	r.known = true
	r.fault = r.value.UnmarshalText(bytes.Trim(text, `"`))
	return nil
}

func (r root) check() error { return within("signing_root", r.fault) }
