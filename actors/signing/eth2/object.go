package eth2

import (
	"bytes"
	"errors"
	"fmt"
)

// object is a value that is a JSON object.
type object struct{ value }

// find returns a member by its name in any case. Of several the last wins; null counts as absent.
func (o object) find(name string) (found value, ok bool) {
	for member, end := o.first(), o.behind(); member != end; {
		v := member.first()
		if member.isNamed(name) {
			found, ok = v, !v.isNull()
		}
		member = v.behind()
	}
	return found, ok
}

// isNamed reports whether a member's name is the one that is looked for.
func (v value) isNamed(name string) bool {
	text, err := v.text()
	return err == nil && bytes.EqualFold(text, []byte(name))
}

// need returns a member that must be there.
func (o object) need(name string) (value, error) {
	v, ok := o.find(name)
	if !ok {
		return value{}, within(name, errors.New("missing"))
	}
	return v, nil
}

// child returns the members of a member that must be there.
func (o object) child(name string) (object, error) {
	v, err := o.need(name)
	if err != nil {
		return object{}, err
	}
	members, err := v.object()
	return members, within(name, err)
}

// number reads a member with [value.number].
func (o object) number(name string) (uint64, error) {
	v, err := o.need(name)
	if err != nil {
		return 0, err
	}
	n, err := v.number()
	return n, within(name, err)
}

// fixed reads a member with [value.fixed].
func (o object) fixed(name string, out []byte) error {
	v, err := o.need(name)
	if err != nil {
		return err
	}
	return within(name, v.fixed(out))
}

// path leads from an object through its descendants to a number.
type path []string

// numberAt reads the number at the end of a path; an empty path reads zero.
func (o object) numberAt(p path) (uint64, error) {
	switch len(p) {
	case 0:
		return 0, nil
	case 1:
		return o.number(p[0])
	}
	next, err := o.child(p[0])
	if err != nil {
		return 0, err
	}
	n, err := next.numberAt(p[1:])
	return n, within(p[0], err)
}

// within says in which member err arose; it keeps nil.
func within(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}
