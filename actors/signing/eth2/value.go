package eth2

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// value is one value of a document.
type value struct {
	document *document
	index    int32
}

// raw is the value as it stands in the text.
func (v value) raw() []byte {
	n := v.document.nodes[v.index]
	return v.document.text[n.start:n.end]
}

// begins reports whether the value begins with a character, which tells its kind.
func (v value) begins(c byte) bool { return v.raw()[0] == c }

// behind is the value, or name, that follows in the text and is not within v.
func (v value) behind() value { return value{v.document, v.document.nodes[v.index].next} }

// first returns the first value, or name, in v. It is behind v when v is empty.
func (v value) first() value { return value{v.document, v.index + 1} }

// object takes v for an object.
func (v value) object() (object, error) {
	if !v.begins('{') {
		return object{}, errors.New("want an object")
	}
	return object{v}, nil
}

// each calls f with the elements of an array, until f fails.
func (v value) each(f func(value) error) error {
	if !v.begins('[') {
		return errors.New("want an array")
	}
	for element, end := v.first(), v.behind(); element != end; element = element.behind() {
		if err := f(element); err != nil {
			return err
		}
	}
	return nil
}

// isNull reports whether v is null, which counts as absent.
func (v value) isNull() bool { return v.begins('n') }

// text returns the characters of a string.
func (v value) text() ([]byte, error) {
	raw := v.raw()
	if raw[0] != '"' {
		return nil, errors.New("want a string")
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, errors.New("want a string") // unreachable
	}
	return []byte(s), nil
}

// literal returns what a string, number or boolean says: clients quote them or not.
func (v value) literal() []byte {
	if text, err := v.text(); err == nil {
		return text
	}
	return v.raw()
}

// number reads an unsigned 64-bit integer in decimal digits, quoted or not.
func (v value) number() (uint64, error) {
	n, err := strconv.ParseUint(string(v.literal()), 10, 64)
	if err != nil {
		return 0, errors.New("want a decimal number from 0 to 2^64-1")
	}
	return n, nil
}

// hex reads any number of bytes: hex digits in any case, with or without 0x.
func (v value) hex() ([]byte, error) {
	text, err := v.digits()
	if err != nil {
		return nil, err
	}
	decoded := make([]byte, hex.DecodedLen(len(text)))
	return decoded, unhex(decoded, text)
}

// fixed fills out with hex digits, neither more nor fewer.
func (v value) fixed(out []byte) error {
	text, err := v.digits()
	if err != nil {
		return err
	}
	if len(text)%2 == 0 && len(text) != 2*len(out) {
		return fmt.Errorf("want 0x and %d hex digits, got %d digits", 2*len(out), len(text))
	}
	return unhex(out, text)
}

// digits returns a string without its prefix 0x.
func (v value) digits() ([]byte, error) {
	text, err := v.text()
	if err != nil {
		return nil, errors.New("want a string of hex digits")
	}
	if len(text) >= 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		text = text[2:]
	}
	return text, nil
}

func unhex(out, digits []byte) error {
	if len(digits)%2 != 0 {
		return errOddHex
	}
	if _, err := hex.Decode(out, digits); err != nil {
		return errOddHex
	}
	return nil
}

var errOddHex = errors.New("want an even number of hex digits")
