package postgres

import (
	"math"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// blockRow is a block as it is stored. It is checked before it is believed.
type blockRow struct {
	slot   int64
	root   []byte
	scheme int16
	mac    []byte
}

// read returns what the row says, or an [eip3076.RowError] when no row of ours looks like it.
func (r blockRow) read() (b eip3076.Block, mark eip3076.Mark, err error) {
	if r.slot < 0 {
		return b, mark, eip3076.MalformedRow(eip3076.RowBlock, "its slot is %d", r.slot)
	}
	b = eip3076.Block{Slot: uint64(r.slot), HasRoot: r.root != nil}
	if b.SigningRoot, err = rootOf(eip3076.RowBlock, r.root); err == nil {
		mark, err = markOf(eip3076.RowBlock, r.scheme, r.mac)
	}
	return b, mark, err
}

// believe returns what the row says if its mark says so too.
func (r blockRow) believe(key messages.PublicKey, marks eip3076.Marker) (eip3076.Block, error) {
	b, mark, err := r.read()
	if err == nil {
		err = marks.CheckBlock(key, b, mark)
	}
	return b, err
}

// voteRow is an attestation as it is stored. It is checked before it is believed.
type voteRow struct {
	source, target int64
	root           []byte
	scheme         int16
	mac            []byte
}

// read returns what the row says, or an [eip3076.RowError] when no row of ours looks like it.
func (r voteRow) read() (a eip3076.Attestation, mark eip3076.Mark, err error) {
	if r.source < 0 || r.target < 0 {
		return a, mark, eip3076.MalformedRow(eip3076.RowAttestation, "its epochs are %d→%d", r.source, r.target)
	}
	a = eip3076.Attestation{Source: uint64(r.source), Target: uint64(r.target), HasRoot: r.root != nil}
	if a.SigningRoot, err = rootOf(eip3076.RowAttestation, r.root); err == nil {
		mark, err = markOf(eip3076.RowAttestation, r.scheme, r.mac)
	}
	return a, mark, err
}

// believe returns what the row says if its mark says so too.
func (r voteRow) believe(key messages.PublicKey, marks eip3076.Marker) (eip3076.Attestation, error) {
	a, mark, err := r.read()
	if err == nil {
		err = marks.CheckAttestation(key, a, mark)
	}
	return a, err
}

// markOf reads a mark.
func markOf(kind string, scheme int16, mac []byte) (eip3076.Mark, error) {
	if scheme < 0 || scheme > math.MaxUint8 {
		return eip3076.Mark{}, eip3076.MalformedRow(kind, "its scheme is %d", scheme)
	}
	return eip3076.Mark{Scheme: eip3076.Scheme(scheme), MAC: mac}, nil
}

// macOf writes a MAC: the column is never null.
func macOf(mark eip3076.Mark) []byte {
	if mark.MAC == nil {
		return []byte{}
	}
	return mark.MAC
}

// rootOf reads a root that may be null.
func rootOf(kind string, value []byte) (messages.Root, error) {
	if value == nil {
		return messages.Root{}, nil
	}
	if len(value) != len(messages.Root{}) {
		return messages.Root{}, eip3076.MalformedRow(kind, "its signing root has %d bytes", len(value))
	}
	return messages.Root(value), nil
}

// rootOrNull writes a root that may be null.
func rootOrNull(root messages.Root, known bool) []byte {
	if !known {
		return nil
	}
	return root[:]
}

// blockColumns are blocks to insert as arrays, one for each column, for unnest; owner is the place of their head.
type blockColumns struct {
	owner, slot []int64
	root        [][]byte
	scheme      []int16
	mac         [][]byte
}

func (c *blockColumns) add(owner int, b eip3076.Block, mark eip3076.Mark) {
	c.owner, c.slot = append(c.owner, int64(owner)), append(c.slot, int64(b.Slot))
	c.root = append(c.root, rootOrNull(b.SigningRoot, b.HasRoot))
	c.scheme, c.mac = append(c.scheme, int16(mark.Scheme)), append(c.mac, macOf(mark))
}

func (c *blockColumns) args() []any { return []any{c.owner, c.slot, c.root, c.scheme, c.mac} }

// voteColumns are attestations to insert, in the same form.
type voteColumns struct {
	owner, source, target []int64
	root                  [][]byte
	scheme                []int16
	mac                   [][]byte
}

func (c *voteColumns) add(owner int, a eip3076.Attestation, mark eip3076.Mark) {
	c.owner = append(c.owner, int64(owner))
	c.source, c.target = append(c.source, int64(a.Source)), append(c.target, int64(a.Target))
	c.root = append(c.root, rootOrNull(a.SigningRoot, a.HasRoot))
	c.scheme, c.mac = append(c.scheme, int16(mark.Scheme)), append(c.mac, macOf(mark))
}

func (c *voteColumns) args() []any {
	return []any{c.owner, c.source, c.target, c.root, c.scheme, c.mac}
}
