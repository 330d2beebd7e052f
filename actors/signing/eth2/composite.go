package eth2

import (
	"fmt"
	"math"
	"strconv"
)

type (
	// field is a member of a container. The order of fields is SSZ's; JSON may have any.
	field struct {
		name  string
		shape shape
	}
	// container is a Container. One with a single field has that field's root.
	container []field
	// progressiveContainer is a ProgressiveContainer with all fields active (EIP-7495), of at most 256.
	progressiveContainer []field
	// vector is a Vector[of, length] of composites.
	vector struct {
		of     shape
		length int
	}
	// list is a List[of, limit] of composites.
	list struct {
		of    shape
		limit int
	}
	// progressiveList is a ProgressiveList[of] of composites (EIP-7916). It has no limit but the request's size.
	progressiveList struct{ of shape }
	// numberList is a List[uint64, limit].
	numberList int
)

func (c container) root(v value) (chunk, error) {
	roots, err := fieldRoots(c, v)
	return merkleize(roots, len(c)), err
}

func (c progressiveContainer) root(v value) (chunk, error) {
	roots, err := fieldRoots(c, v)
	var active chunk
	for i := range c {
		active[i/8] |= 1 << (i % 8)
	}
	return hashPair(merkleizeProgressive(roots), active), err
}

func fieldRoots(fields []field, v value) ([]chunk, error) {
	o, err := v.object()
	if err != nil {
		return nil, err
	}
	roots := make([]chunk, 0, len(fields)+1) // merkleize may add one
	for _, f := range fields {
		member, err := o.need(f.name)
		if err != nil {
			return nil, err
		}
		root, err := f.shape.root(member)
		if err != nil {
			return nil, within(f.name, err)
		}
		roots = append(roots, root)
	}
	return roots, nil
}

func (t vector) root(v value) (chunk, error) {
	roots, err := elementRoots(v, t.of, t.length)
	if err == nil && len(roots) != t.length {
		err = fmt.Errorf("want %d elements, got %d", t.length, len(roots))
	}
	return merkleize(roots, t.length), err
}

func (t list) root(v value) (chunk, error) {
	roots, err := elementRoots(v, t.of, t.limit)
	n := len(roots)
	return mixIn(merkleize(roots, t.limit), n), err
}

func (t progressiveList) root(v value) (chunk, error) {
	roots, err := elementRoots(v, t.of, math.MaxInt)
	n := len(roots)
	return mixIn(merkleizeProgressive(roots), n), err
}

func elementRoots(v value, of shape, limit int) (roots []chunk, err error) {
	err = v.each(func(element value) error {
		if len(roots) == limit {
			return fmt.Errorf("want at most %d elements", limit)
		}
		root, err := of.root(element)
		roots = append(roots, root)
		return within(strconv.Itoa(len(roots)-1), err)
	})
	return roots, err
}

func (limit numberList) root(v value) (chunk, error) {
	var leaves []chunk
	n := 0
	err := v.each(func(element value) error {
		if n == int(limit) {
			return fmt.Errorf("want at most %d elements", limit)
		}
		number, err := element.number()
		if n%4 == 0 {
			leaves = append(leaves, chunk{})
		}
		leaf := numberChunk(number)
		copy(leaves[n/4][8*(n%4):], leaf[:8])
		n++
		return within(strconv.Itoa(n-1), err)
	})
	return mixIn(merkleize(leaves, (int(limit)+3)/4), n), err
}
