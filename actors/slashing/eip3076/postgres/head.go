package postgres

import (
	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// head is the row of one validator.
type head struct {
	eip3076.Head
	// revision counts the changes of the history; 0 when there is no row yet.
	revision int64
	mark     eip3076.Mark
}

// headNames are the columns that a head is made of, beside key and revision, in the order of headColumns.
const headNames = "low_slot, low_source, low_target, top_slot, top_source, top_target, imported_blocks, imported_attestations, scheme, mac"

// headColumns are heads as arrays, one for each column, for unnest.
type headColumns struct {
	numbers  [6][]int64
	imported [2][]bool
	schemes  []int16
	macs     [][]byte
}

func (c *headColumns) add(h eip3076.Head, mark eip3076.Mark) {
	for i, n := range [...]uint64{h.Low.Slot, h.Low.Source, h.Low.Target, h.Top.Slot, h.Top.Source, h.Top.Target} {
		c.numbers[i] = append(c.numbers[i], int64(n))
	}
	c.imported[0] = append(c.imported[0], h.Imported.Blocks)
	c.imported[1] = append(c.imported[1], h.Imported.Attestations)
	c.schemes, c.macs = append(c.schemes, int16(mark.Scheme)), append(c.macs, macOf(mark))
}

func (c *headColumns) args() []any {
	n := c.numbers
	return []any{n[0], n[1], n[2], n[3], n[4], n[5], c.imported[0], c.imported[1], c.schemes, c.macs}
}

// headRow is a head as it is read. It is checked before it is believed.
type headRow struct {
	id       int64
	key      []byte
	revision int64
	numbers  [6]int64
	imported eip3076.Imported
	scheme   int16
	mac      []byte
}

// selectHead begins every query that headRow scans.
const selectHead = "SELECT v.id, v.public_key, v.revision, " + headNames + " FROM chamber_slashing.validators v "

func scanHead(rows pgx.CollectableRow) (headRow, error) {
	var r headRow
	n := &r.numbers
	err := rows.Scan(&r.id, &r.key, &r.revision, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &r.imported.Blocks, &r.imported.Attestations, &r.scheme, &r.mac)
	return r, err
}

// read returns what the row says, or an [eip3076.RowError] when no row of ours looks like it.
func (r headRow) read() (messages.PublicKey, head, error) {
	if len(r.key) != len(messages.PublicKey{}) {
		return messages.PublicKey{}, head{}, eip3076.MalformedKey(eip3076.RowWatermark, len(r.key))
	}
	key, h := messages.PublicKey(r.key), head{revision: r.revision}
	for _, n := range r.numbers {
		if n < 0 {
			return key, head{}, eip3076.MalformedRow(eip3076.RowWatermark, "it holds the number %d", n)
		}
	}
	h.Low = eip3076.Floor{Slot: uint64(r.numbers[0]), Source: uint64(r.numbers[1]), Target: uint64(r.numbers[2])}
	h.Top = eip3076.Floor{Slot: uint64(r.numbers[3]), Source: uint64(r.numbers[4]), Target: uint64(r.numbers[5])}
	h.Imported = r.imported
	var err error
	h.mark, err = markOf(eip3076.RowWatermark, r.scheme, r.mac)
	return key, h, err
}

// believe returns what the row says if its mark says so too.
func (r headRow) believe(marks eip3076.Marker) (head, error) {
	key, h, err := r.read()
	if err == nil {
		err = marks.CheckHead(key, h.Head, h.mark)
	}
	return h, err
}
