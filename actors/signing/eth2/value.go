package eth2

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// value is one JSON value as it stands in a request, without space around it. The whole request has passed
// [json.Valid], so the methods split it without a look at grammar.
type value []byte

// parseJSON checks that body is one JSON value.
func parseJSON(body []byte) (value, error) {
	if !json.Valid(body) {
		return nil, errors.New("body: not JSON")
	}
	return value(bytes.TrimSpace(body)), nil
}

// maxMembers bounds an object, so that junk cannot make many times its own size of memory: the largest that the API
// knows has 19.
const maxMembers = 256

// object splits an object into its members, in order.
func (v value) object() (object, error) {
	if v[0] != '{' {
		return nil, errors.New("want an object")
	}
	members := make(object, 0, 8)
	for i := v.skipSpace(1); v[i] != '}'; {
		if len(members) == maxMembers {
			return nil, fmt.Errorf("want at most %d members", maxMembers)
		}
		end := v.end(i)
		name, err := v[i:end].text()
		if err != nil {
			return nil, errors.New("member with an unreadable name")
		}
		i = v.skipSpace(v.skipSpace(end) + 1) // behind the colon
		end = v.end(i)
		members = append(members, member{name, v[i:end]})
		i = v.skipComma(end)
	}
	return members, nil
}

// each calls f with the elements of an array, until f fails.
func (v value) each(f func(value) error) error {
	if v[0] != '[' {
		return errors.New("want an array")
	}
	for i := v.skipSpace(1); v[i] != ']'; {
		end := v.end(i)
		if err := f(v[i:end]); err != nil {
			return err
		}
		i = v.skipComma(end)
	}
	return nil
}

// isNull reports whether v is null, which counts as absent.
func (v value) isNull() bool { return v[0] == 'n' }

// text returns the characters of a string.
func (v value) text() ([]byte, error) {
	if v[0] != '"' {
		return nil, errors.New("want a string")
	}
	if bytes.IndexByte(v, '\\') < 0 {
		return v[1 : len(v)-1], nil
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil {
		return nil, errors.New("want a string") // unreachable
	}
	return []byte(s), nil
}

// literal returns what a string, number or boolean says: clients quote them or not.
func (v value) literal() []byte {
	if text, err := v.text(); err == nil {
		return text
	}
	return v
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
	text, err := v.text()
	if err != nil {
		return nil, errors.New("want a string of hex digits")
	}
	if len(text) >= 2 && text[0] == '0' && text[1]|0x20 == 'x' {
		text = text[2:]
	}
	decoded := make([]byte, hex.DecodedLen(len(text)))
	if _, err := hex.Decode(decoded, text); err != nil {
		return nil, errors.New("want an even number of hex digits")
	}
	return decoded, nil
}

// fixed reads exactly n bytes.
func (v value) fixed(n int) ([]byte, error) {
	decoded, err := v.hex()
	if err == nil && len(decoded) != n {
		err = fmt.Errorf("want 0x and %d hex digits, got %d digits", 2*n, 2*len(decoded))
	}
	return decoded, err
}

// skipSpace returns the index of the first character at or after i that is not white space.
func (v value) skipSpace(i int) int {
	for v[i] == ' ' || v[i] == '\n' || v[i] == '\t' || v[i] == '\r' {
		i++
	}
	return i
}

// skipComma returns the index of what follows an element that ends at i: the next element, or the closing bracket.
func (v value) skipComma(i int) int {
	i = v.skipSpace(i)
	if v[i] == ',' {
		i = v.skipSpace(i + 1)
	}
	return i
}

// end returns the index behind the value that begins at i.
func (v value) end(i int) int {
	switch v[i] {
	case '"':
		return v.endOfString(i)
	case '{', '[':
		return v.endOfNest(i)
	}
	for i < len(v) && !bytes.ContainsRune([]byte(",]} \n\t\r"), rune(v[i])) {
		i++
	}
	return i
}

// endOfString looks for a quote that no backslash escapes: one behind an even number of them.
func (v value) endOfString(i int) int {
	for i++; ; i++ {
		i += bytes.IndexByte(v[i:], '"')
		escapes := 0
		for v[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i + 1
		}
	}
}

func (v value) endOfNest(i int) int {
	for depth := 0; ; i++ {
		switch v[i] {
		case '"':
			i = v.endOfString(i) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}
