package sqlite

import (
	"database/sql/driver"
	"errors"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// validator is what is kept in memory of one validator. Its id is 0 until it has a row.
type validator struct {
	id int64
	eip3076.Summary
	imported eip3076.Imported
	// refused says why what is known of it cannot be believed: it is the verdict on all that it asks for.
	refused error
}

const (
	selectHead = `
SELECT id, floor_slot, floor_source, floor_target, imported_blocks, imported_attestations, scheme, mac
FROM validators WHERE public_key = ?`

	selectTopBlocks = selectBlock + "WHERE validator = ?1 AND slot = (SELECT max(slot) FROM blocks WHERE validator = ?1)"

	// Where sources are not after targets, a vote with a greater source than the newest vote's has a target above that
	// source. So a few of the newest rows tell the greatest source, and the index knows the rows that are otherwise.
	selectTopAttestations = selectAttestation + `WHERE validator = ?1 AND target_epoch > (
	SELECT min(source_epoch, target_epoch - 1) FROM attestations WHERE validator = ?1 ORDER BY target_epoch DESC LIMIT 1)
UNION ALL ` + selectAttestation + "WHERE validator = ?1 AND source_epoch > target_epoch"
)

// validator returns what is known of a key, which need not have a row yet.
func (c *connection) validator(key messages.PublicKey) (*validator, error) {
	if v, ok := c.validators[key]; ok {
		return v, nil
	}
	v := &validator{}
	row, err := c.row(selectHead, key[:])
	if err != nil {
		return nil, err
	}
	if row != nil {
		mark := v.readHead(row)
		v.refused = c.marks.Now().CheckHead(key, v.head(), mark)
		if err := c.readTop(key, v); err != nil {
			return nil, err
		}
	}
	if v.refused == nil {
		v.refused = c.witness.See(key, v.Reach())
	}
	c.validators[key] = v
	return v, nil
}

// believed is validator for callers that cannot go on with what they cannot believe.
func (c *connection) believed(key messages.PublicKey) (*validator, error) {
	v, err := c.validator(key)
	if err == nil && v.refused != nil {
		err = of(key, v.refused)
	}
	return v, err
}

func (v *validator) readHead(row []driver.Value) eip3076.Mark {
	v.id = row[0].(int64) // STRICT tables hold integers where they say so
	v.Low = eip3076.Floor{Slot: count(row[1]), Source: count(row[2]), Target: count(row[3])}
	v.imported = eip3076.Imported{Blocks: row[4] != int64(0), Attestations: row[5] != int64(0)}
	return readMark(row[6], row[7])
}

// head is what the mark of the validator's own row speaks for. The top is read from rows that have their own marks.
func (v *validator) head() eip3076.Head {
	return eip3076.Head{Summary: eip3076.Summary{Low: v.Low}, Imported: v.imported}
}

// readTop finds the top of the history in its newest rows.
func (c *connection) readTop(key messages.PublicKey, v *validator) error {
	for b, err := range c.blocks(key, selectTopBlocks, v.id) {
		if err := v.refuse(err); err != nil {
			return err
		}
		v.Top = v.Top.Raise(b.Floor())
	}
	for a, err := range c.attestations(key, selectTopAttestations, v.id) {
		if err := v.refuse(err); err != nil {
			return err
		}
		v.Top = v.Top.Raise(a.Floor())
	}
	return nil
}

// refuse keeps the first reason not to believe the validator's rows, and returns any other error.
func (v *validator) refuse(err error) error {
	if !errors.Is(err, messages.ErrRowRefused) {
		return err
	}
	if v.refused == nil {
		v.refused = err
	}
	return nil
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
	mark := c.marks.Now().Head(key, v.head())
	c.changed = append(c.changed, key)
	_, err := c.exec(`
UPDATE validators SET floor_slot = ?2, floor_source = ?3, floor_target = ?4, imported_blocks = ?5, imported_attestations = ?6,
	scheme = ?7, mac = ?8 WHERE id = ?1`,
		v.id, int64(v.Low.Slot), int64(v.Low.Source), int64(v.Low.Target), v.imported.Blocks, v.imported.Attestations,
		int64(mark.Scheme), mark.MAC)
	return err
}

// keys lists every validator in the order of its key.
func (c *connection) keys() ([]messages.PublicKey, error) {
	var keys []messages.PublicKey
	for row, err := range c.rows("SELECT public_key FROM validators ORDER BY public_key") {
		if err != nil {
			return nil, err
		}
		keys = append(keys, messages.PublicKey(row[0].([]byte))) // 48 bytes, as was checked when the file was opened
	}
	return keys, nil
}

// next goes to the first validator after a key.
func (c *connection) next(after messages.PublicKey) (eip3076.Step, error) {
	row, err := c.row("SELECT min(public_key) FROM validators WHERE public_key > ?", after[:])
	if err != nil {
		return eip3076.Step{}, err
	}
	key, found := row[0].([]byte)
	if !found {
		return eip3076.Step{End: true}, nil
	}
	return eip3076.Step{Key: messages.PublicKey(key)}, nil
}
