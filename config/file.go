package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The parser takes time and memory that grow with the square of a file's size and nesting. These bounds are a dozen
// times what a configuration needs, and keep a wrong file from exhausting the machine.
const (
	maxFileBytes = 64 << 10
	maxNesting   = 16 // of brackets and braces
)

// file lays the YAML file over the defaults.
func (l *loader) file(path string) {
	source, err := readFile(path)
	if err != nil {
		l.complain(path, err.Error())
		return
	}
	w := walker{loader: l, path: path}
	tokens := lexer.Tokenize(string(source))
	if deep := tooDeep(tokens); deep != nil {
		l.complain(w.at(deep), "brackets nested too deeply; is it the right file?")
		return
	}
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		w.syntax(err)
		return
	}
	for i, document := range tree.Docs {
		switch {
		case isNothing(document.Body):
		case i > 0:
			l.complain(w.at(document.Body.GetToken()), "second document; keep everything in one, without ---")
		default:
			w.section("", document.Body)
		}
	}
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = f.Close() }()
	source, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, unreadable(err)
	}
	if len(source) > maxFileBytes {
		return nil, errors.New("larger than 64 KiB; is it the right file?")
	}
	if !utf8.Valid(source) {
		return nil, errors.New("not UTF-8 text; save it as UTF-8")
	}
	return bytes.TrimPrefix(source, []byte("\ufeff")), nil
}

// unreadable leaves out the path, with which the complaint begins.
func unreadable(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	return fmt.Errorf("cannot be read: %w; give the path of a YAML file", err)
}

// tooDeep is the first bracket or brace that is nested too deeply, or nil.
func tooDeep(tokens token.Tokens) *token.Token {
	depth := 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		if depth > maxNesting {
			return t
		}
	}
	return nil
}

// syntax reports the parser's message up to the point where it may begin to quote the file.
func (w walker) syntax(err error) {
	var syntaxError *yaml.SyntaxError
	if !errors.As(err, &syntaxError) {
		w.complain(w.path, "not valid YAML")
		return
	}
	message, _, _ := strings.Cut(syntaxError.Message, `"`)
	w.complain(w.at(syntaxError.Token), "not valid YAML: "+strings.TrimRight(message, " :"))
}
