package eth2

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// object is a JSON object's members in the order of the text.
type object []member

type member struct {
	name  []byte
	value value
}

// find returns a member by its name in any case. Of several the last wins; null counts as absent.
func (o object) find(name string) (value, bool) {
	for _, m := range slices.Backward(o) {
		if bytes.EqualFold(m.name, []byte(name)) {
			return m.value, !m.value.isNull()
		}
	}
	return nil, false
}

// need returns a member that must be there.
func (o object) need(name string) (value, error) {
	v, ok := o.find(name)
	if !ok {
		return nil, within(name, errors.New("missing"))
	}
	return v, nil
}

// child returns the members of a member that must be there.
func (o object) child(name string) (object, error) {
	v, err := o.need(name)
	if err != nil {
		return nil, err
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
func (o object) fixed(name string, n int) ([]byte, error) {
	v, err := o.need(name)
	if err != nil {
		return nil, err
	}
	b, err := v.fixed(n)
	return b, within(name, err)
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
