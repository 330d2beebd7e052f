package directory

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxDocument limits one descriptor. See the package's decisions.
const maxDocument = 16 << 10

// document is one YAML document of a file.
type document struct {
	text []byte
	line int // of the file, at which text begins, from 1 on
}

// split separates the documents of a file at the lines that begin with "---" (YAML 1.2.2 §9.1.4: at the start of a line
// it can be nothing else). Documents of nothing but comments are left out.
func split(text []byte) []document {
	current := document{line: 1}
	var documents []document
	number := 0
	for line := range bytes.Lines(bytes.TrimPrefix(text, []byte("\ufeff"))) {
		number++
		if rest, isMarker := afterMarker(line); isMarker {
			documents = append(documents, current)
			current = document{line: number}
			line = rest
		}
		current.text = append(current.text, line...)
	}
	return slices.DeleteFunc(append(documents, current), document.isBlank)
}

// afterMarker returns what follows "---" on a line that separates documents.
func afterMarker(line []byte) ([]byte, bool) {
	rest, found := bytes.CutPrefix(line, []byte("---"))
	return rest, found && (len(rest) == 0 || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// isBlank reports whether the document has nothing but white space and comments.
func (d document) isBlank() bool {
	for line := range bytes.Lines(d.text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// field is one entry of a descriptor.
type field struct {
	name, value string
	line        int
	scalar      bool // false when the value is a list, a mapping or missing; value is then empty
}

// fields reads a document that must be a mapping. Values are as they are written, without quotes. Errors give a line of the
// file and never its text.
func (d document) fields() ([]field, error) {
	if len(d.text) > maxDocument {
		return nil, fmt.Errorf("line %d: a descriptor has at most %d bytes", d.line, maxDocument)
	}
	file, err := parser.ParseBytes(d.text, 0)
	if err != nil {
		return nil, d.syntaxError(err)
	}
	var mapping *ast.MappingNode
	if len(file.Docs) == 1 { // some malformed text makes none at all, a directive makes two
		mapping, _ = file.Docs[0].Body.(*ast.MappingNode)
	}
	if mapping == nil {
		return nil, fmt.Errorf("line %d: not a mapping of a key's fields", d.line)
	}
	fields := make([]field, len(mapping.Values))
	for i, entry := range mapping.Values {
		token := entry.Key.GetToken()
		fields[i] = field{name: token.Value, line: d.line + token.Position.Line - 1}
		fields[i].value, fields[i].scalar = scalar(entry.Value)
	}
	return fields, nil
}

// scalar returns the text of a node that is a scalar, without quotes.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.LiteralNode: // a block after "|" or ">"
		return strings.TrimSpace(n.Value.Value), true
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

func (d document) syntaxError(err error) error {
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		position := located.GetToken().Position
		return fmt.Errorf("line %d, column %d: not valid YAML, or a field stands twice", d.line+position.Line-1, position.Column)
	}
	return fmt.Errorf("line %d: not valid YAML", d.line)
}
