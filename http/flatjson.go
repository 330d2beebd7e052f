package http

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// kind is the type of a value in a flat object.
type kind byte

const (
	kindNull kind = iota
	kindText
	kindNumber
	kindBool
	kindList // of texts
)

// value is one value of a flat object. Its slices are parts of the object's own bytes.
type value struct {
	kind kind
	// text is a text without quotes and escapes, and anything else as it is written.
	text []byte
	list [][]byte
}

// What is wrong with an object. The errors do not repeat anything of it.
var (
	errSyntax = errors.New("it is not valid JSON")
	errShape  = errors.New("it is not one flat object of texts, numbers, booleans and lists of texts")
	errUTF8   = errors.New("a text in it is not valid UTF-8")
)

// readObject reads a JSON object (RFC 8259) whose values are not objects in their turn, and hands over its members in
// order. Texts are decoded where they lie: object is overwritten, and no part of it is copied anywhere.
func readObject(object []byte, take func(name []byte, v value) error) error {
	s := scanner{rest: object}
	if err := s.members(take); err != nil {
		return err
	}
	if s.next() != 0 || len(s.rest) > 0 {
		return errSyntax
	}
	return nil
}

// scanner holds what has not been read yet.
type scanner struct{ rest []byte }

// next skips white space and returns the byte that follows, without taking it; 0 at the end.
func (s *scanner) next() byte {
	s.rest = bytes.TrimLeft(s.rest, " \t\r\n")
	if len(s.rest) == 0 {
		return 0
	}
	return s.rest[0]
}

// took takes the next byte if it is b.
func (s *scanner) took(b byte) bool {
	if s.next() != b || b == 0 {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) members(take func([]byte, value) error) error {
	if !s.took('{') {
		return s.unlike()
	}
	return s.sequence('}', func() error {
		name, err := s.text()
		if err != nil {
			return err
		}
		if !s.took(':') {
			return errSyntax
		}
		v, err := s.value()
		if err != nil {
			return err
		}
		return take(name, v)
	})
}

// sequence reads elements that are separated by commas, up to the closing bracket.
func (s *scanner) sequence(closing byte, element func() error) error {
	if s.took(closing) {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.took(closing) {
			return nil
		}
		if !s.took(',') {
			return errSyntax
		}
	}
}

func (s *scanner) value() (value, error) {
	switch c := s.next(); c {
	case '"':
		text, err := s.text()
		return value{kind: kindText, text: text}, err
	case '[':
		s.took(c)
		v := value{kind: kindList}
		err := s.sequence(']', func() error {
			text, err := s.text()
			v.list = append(v.list, text)
			return err
		})
		return v, err
	case '{', 0:
		return value{}, s.unlike()
	default:
		return s.word()
	}
}

// unlike says what is wrong where something else was expected: what is there may begin a value that is not supported.
func (s *scanner) unlike() error {
	if c := s.next(); c != 0 && bytes.IndexByte([]byte(`{["-0123456789tfn`), c) >= 0 {
		return errShape
	}
	return errSyntax
}

// word reads a number, true, false or null.
func (s *scanner) word() (value, error) {
	end := bytes.IndexAny(s.rest, " \t\r\n,:]}")
	if end < 0 {
		end = len(s.rest)
	}
	word := s.rest[:end]
	s.rest = s.rest[end:]
	if !json.Valid(word) {
		return value{}, errSyntax
	}
	switch word[0] {
	case 'n':
		return value{kind: kindNull, text: word}, nil
	case 't', 'f':
		return value{kind: kindBool, text: word}, nil
	}
	return value{kind: kindNumber, text: word}, nil
}

// text reads a string and decodes it in place: what an escape stands for is never longer than the escape.
func (s *scanner) text() ([]byte, error) {
	if !s.took('"') {
		return nil, s.unlike()
	}
	in := s.rest
	out := in[:0]
	for i := 0; i < len(in); {
		switch c := in[i]; {
		case c == '"':
			s.rest = in[i+1:]
			if !utf8.Valid(out) {
				return nil, errUTF8
			}
			return out, nil
		case c < ' ':
			return nil, errSyntax
		case c != '\\':
			out = append(out, c)
			i++
		default:
			r, length, err := unescape(in[i:])
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
			i += length
		}
	}
	return nil, errSyntax
}

// unescape decodes the escape at the beginning of in, and returns how long it is.
func unescape(in []byte) (r rune, length int, err error) {
	const letters, meanings = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if len(in) < 2 {
		return 0, 0, errSyntax
	}
	if i := bytes.IndexByte([]byte(letters), in[1]); i >= 0 {
		return rune(meanings[i]), 2, nil
	}
	first, ok := unit(in)
	if !ok {
		return 0, 0, errSyntax
	}
	if !utf16.IsSurrogate(first) {
		return first, 6, nil
	}
	second, _ := unit(in[6:])
	if r = utf16.DecodeRune(first, second); r == utf8.RuneError {
		return 0, 0, errUTF8 // half a surrogate pair is no character
	}
	return r, 12, nil
}

// unit reads \u and four hexadecimal digits.
func unit(in []byte) (rune, bool) {
	if len(in) < 6 || in[0] != '\\' || in[1] != 'u' {
		return 0, false
	}
	var u rune
	for _, c := range in[2:6] {
		digit := bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)
		if digit < 0 || c < '0' {
			return 0, false
		}
		u = u<<4 | rune(digit)
	}
	return u, true
}
