package eth2

import (
	"errors"
	"fmt"
)

const (
	// maxDepth bounds nesting: the deepest message that the API knows has 8 levels.
	maxDepth = 32
	// maxNodes bounds what a document may cost beside its text, 768 KiB: a full block has some ten thousand.
	maxNodes = 1 << 16
)

// document is a JSON text (RFC 8259) whose grammar was checked, and where its values stand in it. It is made in one pass
// and never changed.
type document struct {
	text  []byte
	nodes []node   // in the order of the text
	room  [48]node // for nodes: most requests need no more
}

// node is a value or a member's name, with the quotes of a string. A member's value is the node behind its name. next is
// the index of the first node that is not within this one.
type node struct{ start, end, next int32 }

// parseJSON checks that body is one JSON value.
func parseJSON(body []byte) (value, error) {
	d := &document{text: body}
	d.nodes = d.room[:0]
	end, err := d.value(d.space(0), 0)
	if err == nil && d.space(end) != len(body) {
		err = errNotJSON
	}
	return value{d, 0}, within("body", err)
}

var errNotJSON = errors.New("not JSON")

// at returns the character at i, and at the end of the text one that fits nowhere.
func (d *document) at(i int) byte {
	if i < len(d.text) {
		return d.text[i]
	}
	return 0
}

// space returns the index of the first character at or after i that is not white space.
func (d *document) space(i int) int {
	for i < len(d.text) && (d.text[i] == ' ' || d.text[i] == '\n' || d.text[i] == '\t' || d.text[i] == '\r') {
		i++
	}
	return i
}

// value reads the value that begins at start, and returns the index behind it. So do the methods below.
func (d *document) value(start, depth int) (end int, err error) {
	switch {
	case depth > maxDepth:
		return 0, fmt.Errorf("nested deeper than %d levels", maxDepth)
	case len(d.nodes) >= maxNodes:
		return 0, fmt.Errorf("more than %d values", maxNodes)
	}
	n := len(d.nodes)
	d.nodes = append(d.nodes, node{start: int32(start)})
	switch c := d.at(start); c {
	case '"':
		end, err = d.quoted(start)
	case '{':
		end, err = d.nest(start, '}', depth)
	case '[':
		end, err = d.nest(start, ']', depth)
	case 't':
		end, err = d.word(start, "true")
	case 'f':
		end, err = d.word(start, "false")
	case 'n':
		end, err = d.word(start, "null")
	default:
		end, err = d.number(start)
	}
	d.nodes[n].end, d.nodes[n].next = int32(end), int32(len(d.nodes))
	return end, err
}

// nest reads an object or an array.
func (d *document) nest(start int, closing byte, depth int) (int, error) {
	i := d.space(start + 1)
	if d.at(i) == closing {
		return i + 1, nil
	}
	for {
		var err error
		if closing == '}' {
			if i, err = d.name(i, depth); err != nil {
				return 0, err
			}
		}
		if i, err = d.value(i, depth+1); err != nil {
			return 0, err
		}
		i = d.space(i)
		switch d.at(i) {
		case closing:
			return i + 1, nil
		case ',':
			i = d.space(i + 1)
		default:
			return 0, errNotJSON
		}
	}
}

// name reads a member's name and returns where its value begins.
func (d *document) name(start, depth int) (int, error) {
	if d.at(start) != '"' {
		return 0, errNotJSON
	}
	i, err := d.value(start, depth)
	if err != nil {
		return 0, err
	}
	if i = d.space(i); d.at(i) != ':' {
		return 0, errNotJSON
	}
	return d.space(i + 1), nil
}

// quoted reads a string. Like encoding/json it takes any byte from the space on.
func (d *document) quoted(start int) (int, error) {
	for i := start + 1; i < len(d.text); i++ {
		switch c := d.text[i]; {
		case c == '"':
			return i + 1, nil
		case c < ' ':
			return 0, errNotJSON
		case c == '\\':
			if i++; d.at(i) == 'u' {
				for range 4 {
					if i++; !isHexDigit(d.at(i)) {
						return 0, errNotJSON
					}
				}
			} else if !isEscape(d.at(i)) {
				return 0, errNotJSON
			}
		}
	}
	return 0, errNotJSON
}

func isEscape(c byte) bool {
	switch c {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	}
	return false
}

func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isHexDigit(c byte) bool { return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f' }

func (d *document) word(start int, word string) (int, error) {
	end := start + len(word)
	if end > len(d.text) || string(d.text[start:end]) != word {
		return 0, errNotJSON
	}
	return end, nil
}

func (d *document) number(i int) (int, error) {
	if d.at(i) == '-' {
		i++
	}
	whole := i
	i, ok := d.digits(i)
	if ok && d.text[whole] == '0' {
		i = whole + 1 // nothing may follow a leading zero
	}
	if ok && d.at(i) == '.' {
		i, ok = d.digits(i + 1)
	}
	if ok && d.at(i)|0x20 == 'e' {
		if i++; d.at(i) == '+' || d.at(i) == '-' {
			i++
		}
		i, ok = d.digits(i)
	}
	if !ok {
		return 0, errNotJSON
	}
	return i, nil
}

// digits reads at least one digit.
func (d *document) digits(start int) (end int, ok bool) {
	for end = start; isDigit(d.at(end)); end++ {
	}
	return end, end > start
}
