package sqlite

import (
	"database/sql/driver"
	"fmt"
	"iter"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// validator is what is kept in memory of one validator. Its id is 0 until it has a row.
type validator struct {
	id int64
	eip3076.Summary
	imported eip3076.Imported
}

const (
	selectValidator = `
SELECT id, floor_slot, floor_source, floor_target, imported_blocks, imported_attestations,
	(SELECT max(slot) FROM blocks WHERE validator = v.id),
	(SELECT max(target_epoch) FROM attestations WHERE validator = v.id)
FROM validators v WHERE public_key = ?`

	// Where sources are not after targets, a vote with a greater source than the newest vote's has a target above that
	// source. So a few of the newest rows tell the greatest source, and the index knows the rows that are otherwise.
	selectTopSource = `
SELECT max(source_epoch) FROM (
	SELECT source_epoch FROM attestations WHERE validator = ?1 AND target_epoch > (
		SELECT min(source_epoch, target_epoch - 1) FROM attestations WHERE validator = ?1 ORDER BY target_epoch DESC LIMIT 1)
	UNION ALL
	SELECT source_epoch FROM attestations WHERE validator = ?1 AND source_epoch > target_epoch)`
)

// validator returns what is known of a key, which need not have a row yet.
func (c *connection) validator(key messages.PublicKey) (*validator, error) {
	if v, ok := c.validators[key]; ok {
		return v, nil
	}
	v := &validator{}
	row, err := c.row(selectValidator, key[:])
	if err != nil {
		return nil, err
	}
	if row != nil {
		source, err := c.row(selectTopSource, row[0])
		if err != nil {
			return nil, err
		}
		*v = validator{
			id:       row[0].(int64), // STRICT tables hold integers where they say so
			imported: eip3076.Imported{Blocks: row[4] != int64(0), Attestations: row[5] != int64(0)},
			Summary: eip3076.Summary{
				Low: eip3076.Floor{Slot: count(row[1]), Source: count(row[2]), Target: count(row[3])},
				Top: eip3076.Floor{Slot: after(row[6]), Source: count(source[0]), Target: after(row[7])},
			},
		}
	}
	c.validators[key] = v
	return v, nil
}

// save writes the validator's own row.
func (c *connection) save(key messages.PublicKey, v *validator) error {
	if v.id == 0 {
		row, err := c.row("INSERT INTO validators (public_key) VALUES (?) RETURNING id", key[:])
		if err != nil {
			return err
		}
		v.id = row[0].(int64) // an INTEGER PRIMARY KEY
	}
	_, err := c.exec("UPDATE validators SET floor_slot = ?2, floor_source = ?3, floor_target = ?4, imported_blocks = ?5, imported_attestations = ?6 WHERE id = ?1",
		v.id, int64(v.Low.Slot), int64(v.Low.Source), int64(v.Low.Target), v.imported.Blocks, v.imported.Attestations)
	return err
}

// keys lists every validator in the order of its key.
func (c *connection) keys() ([]messages.PublicKey, error) {
	var keys []messages.PublicKey
	for row, err := range c.rows("SELECT public_key FROM validators ORDER BY public_key") {
		if err != nil {
			return nil, err
		}
		var key messages.PublicKey
		copy(key[:], row[0].([]byte)) // 48 bytes, as was checked when the file was opened
		keys = append(keys, key)
	}
	return keys, nil
}

// blocks yields the rows of a query for slot and signing_root.
func (c *connection) blocks(text string, args ...driver.Value) iter.Seq2[eip3076.Block, error] {
	return func(yield func(eip3076.Block, error) bool) {
		for row, err := range c.rows(text, args...) {
			var b eip3076.Block
			if err == nil {
				b.Slot = count(row[0])
				b.SigningRoot, b.HasRoot, err = c.root(row[1])
			}
			if !yield(b, err) {
				return
			}
		}
	}
}

// attestations yields the rows of a query for source_epoch, target_epoch and signing_root.
func (c *connection) attestations(text string, args ...driver.Value) iter.Seq2[eip3076.Attestation, error] {
	return func(yield func(eip3076.Attestation, error) bool) {
		for row, err := range c.rows(text, args...) {
			var a eip3076.Attestation
			if err == nil {
				a.Source, a.Target = count(row[0]), count(row[1])
				a.SigningRoot, a.HasRoot, err = c.root(row[2])
			}
			if !yield(a, err) {
				return
			}
		}
	}
}

// root reads a root that may be NULL.
func (c *connection) root(value driver.Value) (messages.Root, bool, error) {
	bytes, known := value.([]byte)
	if known && len(bytes) != len(messages.Root{}) {
		return messages.Root{}, false, unavailable(c.path, fmt.Errorf("it is damaged: a root has %d bytes", len(bytes)))
	}
	if !known {
		return messages.Root{}, false, nil
	}
	return messages.Root(bytes), true, nil
}

// count reads a number that the schema keeps from being negative; NULL is 0.
func count(value driver.Value) uint64 {
	n, _ := value.(int64)
	return uint64(n)
}

// after reads a number and adds 1; NULL is 0.
func after(value driver.Value) uint64 {
	if value == nil {
		return 0
	}
	return count(value) + 1
}
