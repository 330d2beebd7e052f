package web3signer

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// validator is a row of Web3Signer's table validators.
type validator struct {
	id  int64
	key messages.PublicKey
}

// validators lists all whose public key is one, in its order.
func (d *database) validators(ctx context.Context) ([]validator, error) {
	rows, err := d.tx.Query(ctx, `SELECT id, public_key, enabled FROM validators ORDER BY public_key`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []validator
	for rows.Next() {
		var (
			v       validator
			key     []byte
			enabled bool
		)
		if err := rows.Scan(&v.id, &key, &enabled); err != nil {
			return nil, err
		}
		if len(key) != len(v.key) {
			d.report.alter("validator %d is not taken: its public key has %d bytes, so nobody can sign with it", v.id, len(key))
			continue
		}
		v.key = messages.PublicKey(key)
		if !enabled {
			d.report.Disabled = append(d.report.Disabled, v.key)
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// selectWatermark finds the lowest that may still be signed. At the low watermark itself that is so only if a row tells
// what was signed there; otherwise it is what comes after it.
const selectWatermark = `
SELECT least(coalesce(w.slot + CASE WHEN EXISTS (SELECT FROM signed_blocks b WHERE b.validator_id = $1 AND b.slot = w.slot) THEN 0 ELSE 1 END, 0), $2)::bigint,
	least(coalesce(w.source_epoch, 0), $2)::bigint,
	least(coalesce(w.target_epoch + CASE WHEN EXISTS (SELECT FROM signed_attestations a WHERE a.validator_id = $1 AND a.target_epoch = w.target_epoch) THEN 0 ELSE 1 END, 0), $2)::bigint,
	w.slot IS NOT NULL OR w.target_epoch IS NOT NULL OR EXISTS (SELECT FROM signed_blocks WHERE validator_id = $1) OR EXISTS (SELECT FROM signed_attestations WHERE validator_id = $1)
FROM (SELECT 1) one LEFT JOIN low_watermarks w ON w.validator_id = $1`

// watermark returns the low watermark of a validator, and whether anything is known of it.
func (d *database) watermark(ctx context.Context, v validator) (low eip3076.Floor, found bool, err error) {
	var slot, source, target int64
	err = d.tx.QueryRow(ctx, selectWatermark, v.id, int64(eip3076.MaxNumber)).Scan(&slot, &source, &target, &found)
	return eip3076.Floor{Slot: uint64(slot), Source: uint64(source), Target: uint64(target)}, found, err
}

const selectBlocks = `
SELECT least(slot, $2)::bigint, slot > $2, signing_root FROM signed_blocks WHERE validator_id = $1 ORDER BY slot`

// blocks yields the blocks of a validator in ascending order.
func (d *database) blocks(ctx context.Context, v validator) iter.Seq2[eip3076.Block, error] {
	return each(d.query(ctx, selectBlocks, v), func(rows pgx.Rows) (eip3076.Block, error) {
		var (
			slot   int64
			beyond bool
			root   []byte
		)
		if err := rows.Scan(&slot, &beyond, &root); err != nil {
			return eip3076.Block{}, err
		}
		d.report.Blocks++
		b := eip3076.Block{Slot: uint64(slot)}
		b.SigningRoot, b.HasRoot = d.root(root, beyond, func() string { return fmt.Sprintf("validator %v, block at slot %d", v.key, slot) })
		return b, nil
	})
}

const selectAttestations = `
SELECT least(source_epoch, $2)::bigint, least(target_epoch, $2)::bigint, greatest(source_epoch, target_epoch) > $2, signing_root
FROM signed_attestations WHERE validator_id = $1 ORDER BY target_epoch`

// attestations yields the votes of a validator in ascending order of their target.
func (d *database) attestations(ctx context.Context, v validator) iter.Seq2[eip3076.Attestation, error] {
	return each(d.query(ctx, selectAttestations, v), func(rows pgx.Rows) (eip3076.Attestation, error) {
		var (
			source, target int64
			beyond         bool
			root           []byte
		)
		if err := rows.Scan(&source, &target, &beyond, &root); err != nil {
			return eip3076.Attestation{}, err
		}
		d.report.Attestations++
		a := eip3076.Attestation{Source: uint64(source), Target: uint64(target)}
		a.SigningRoot, a.HasRoot = d.root(root, beyond, func() string {
			return fmt.Sprintf("validator %v, attestation %d→%d", v.key, source, target)
		})
		return a, nil
	})
}

// root returns the signing root of a row, unless it has none, or one that tells nothing about the row as it is taken.
func (d *database) root(bytes []byte, beyond bool, row func() string) (messages.Root, bool) {
	switch {
	case beyond:
		d.report.alter("%s: is taken as this number without its root: the real one is beyond the greatest that is kept", row())
		return messages.Root{}, false
	case bytes == nil:
		return messages.Root{}, false
	case len(bytes) != len(messages.Root{}):
		d.report.alter("%s: is taken without its root, which has %d bytes", row(), len(bytes))
		return messages.Root{}, false
	}
	return messages.Root(bytes), true
}

// query asks for rows of one validator.
func (d *database) query(ctx context.Context, text string, v validator) func() (pgx.Rows, error) {
	return func() (pgx.Rows, error) { return d.tx.Query(ctx, text, v.id, int64(eip3076.MaxNumber)) }
}

// each yields what scan makes of the rows that a query finds.
func each[T any](query func() (pgx.Rows, error), scan func(pgx.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		rows, err := query()
		if err != nil {
			yield(none, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			if row, err := scan(rows); !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, err)
		}
	}
}
