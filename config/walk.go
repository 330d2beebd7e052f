package config

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

const writeItOut = "anchors, aliases and tags are not supported; write the value out"

// walker goes through the syntax tree of one file.
type walker struct {
	*loader
	path string
}

func (w walker) at(t *token.Token) string {
	return fmt.Sprintf("%s:%d:%d", w.path, t.Position.Line, t.Position.Column)
}

// section reads the mapping beneath the key named parent, or the whole document if that is empty.
func (w walker) section(parent string, node ast.Node) {
	mapping, ok := node.(ast.MapNode)
	if !ok {
		w.complain(w.at(node.GetToken())+label(parent), sectionComplaint(node))
		return
	}
	lines := map[string]int{}
	for entries := mapping.MapRange(); entries.Next(); {
		key := entries.Key().GetToken()
		name := join(parent, key.Value)
		switch line := lines[name]; {
		case line > 0:
			w.complain(w.at(key)+label(name), "given twice, first in line "+strconv.Itoa(line)+"; remove one of them")
		case strings.Contains(key.Value, "."):
			w.complain(w.at(key)+label(name), "a key has no dots; indent each section beneath the other")
		default:
			lines[name] = key.Position.Line
			w.entry(name, key, entries.Value())
		}
	}
}

func (w walker) entry(key string, at *token.Token, value ast.Node) {
	s, isSetting := find(key)
	switch {
	case !isSetting && !isSection(key):
		w.complain(w.at(at)+label(key), explain(key))
	case isNothing(value):
	case !isSetting:
		w.section(key, value)
	default:
		w.setting(s, at, value)
	}
}

func (w walker) setting(s Setting, at *token.Token, value ast.Node) {
	where := w.at(at) + label(s.Key)
	items, ok := itemsOf(s, value)
	switch {
	case isIndirect(value):
		w.complain(where, writeItOut)
	case !ok:
		w.complain(where, mustBe(s.value).Error())
	default:
		w.set(s, found{where, "file line " + strconv.Itoa(at.Position.Line), items})
	}
}

func sectionComplaint(node ast.Node) string {
	if isIndirect(node) {
		return writeItOut
	}
	return "must be a section: indented lines of key: value"
}

// itemsOf is what the file says for a setting: the items of a sequence for a list, otherwise one scalar.
func itemsOf(s Setting, node ast.Node) ([]string, bool) {
	if _, many := s.value.(list); !many {
		item, ok := scalar(node)
		return []string{item}, ok
	}
	sequence, ok := node.(*ast.SequenceNode)
	if !ok {
		return nil, false
	}
	var items []string
	for _, value := range sequence.Values {
		item, ok := scalar(value)
		if !ok {
			return nil, false
		}
		items = append(items, item)
	}
	return items, true
}

// scalar is the text of a scalar as written, whatever type YAML would guess.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	default:
		return "", false
	}
}

// isNothing reports whether node says nothing: absent, null, or a comment.
func isNothing(node ast.Node) bool {
	switch node.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return true
	default:
		return false
	}
}

func isIndirect(node ast.Node) bool {
	switch node.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return true
	default:
		return false
	}
}

func join(parent, name string) string { return strings.TrimPrefix(parent+"."+name, ".") }

// label names key in a complaint, unless it does not look like a key and might be a value that slipped.
func label(key string) string {
	if !isKeyLike(key) {
		return ""
	}
	return ": " + key
}
