package postgres

import (
	"slices"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// hold locks the heads that are there, in the order of their keys.
const hold = `
SELECT count(*) FROM (
	SELECT FROM chamber_slashing.validators WHERE public_key = ANY ($1::bytea[]) ORDER BY public_key FOR NO KEY UPDATE
) held`

// move changes every head that is still as it was, adds those that are not there ($2, the revision, is 0), in the order of
// their keys, and inserts the rows that go with them. It returns the places of the heads that it has moved. It follows hold
// in the same transaction, and so sees what was committed before the locks were granted.
const move = `
WITH m AS MATERIALIZED (
	SELECT * FROM unnest($1::bytea[], $2::bigint[],
		$3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::boolean[], $10::boolean[], $11::smallint[], $12::bytea[],
		$13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::boolean[], $20::boolean[], $21::smallint[], $22::bytea[])
	WITH ORDINALITY AS m (public_key, revision,
		was_low_slot, was_low_source, was_low_target, was_top_slot, was_top_source, was_top_target, was_imported_blocks, was_imported_attestations, was_scheme, was_mac,
		` + headNames + `, place)
), moved AS (
	UPDATE chamber_slashing.validators v SET revision = v.revision + 1,
		low_slot = m.low_slot, low_source = m.low_source, low_target = m.low_target,
		top_slot = m.top_slot, top_source = m.top_source, top_target = m.top_target,
		imported_blocks = m.imported_blocks, imported_attestations = m.imported_attestations, scheme = m.scheme, mac = m.mac
	FROM m WHERE v.public_key = m.public_key AND v.revision = m.revision
		AND (v.low_slot, v.low_source, v.low_target, v.top_slot, v.top_source, v.top_target,
			v.imported_blocks, v.imported_attestations, v.scheme, v.mac)
		= (was_low_slot, was_low_source, was_low_target, was_top_slot, was_top_source, was_top_target,
			was_imported_blocks, was_imported_attestations, was_scheme, was_mac)
	RETURNING m.place, v.id
), added AS (
	INSERT INTO chamber_slashing.validators (public_key, revision, ` + headNames + `)
	SELECT public_key, 1, ` + headNames + ` FROM m WHERE revision = 0 ORDER BY public_key
	ON CONFLICT (public_key) DO NOTHING
	RETURNING public_key, id
), owners AS MATERIALIZED (
	SELECT place, id FROM moved UNION ALL SELECT m.place, a.id FROM added a JOIN m USING (public_key)
), proposed AS (
	INSERT INTO chamber_slashing.blocks (validator, slot, rival, signing_root, scheme, mac)
	SELECT o.id, r.slot, 0, r.signing_root, r.scheme, r.mac
	FROM unnest($23::bigint[], $24::bigint[], $25::bytea[], $26::smallint[], $27::bytea[]) AS r (place, slot, signing_root, scheme, mac)
	JOIN owners o USING (place)
), voted AS (
	INSERT INTO chamber_slashing.attestations (validator, source_epoch, target_epoch, rival, signing_root, scheme, mac)
	SELECT o.id, r.source_epoch, r.target_epoch, 0, r.signing_root, r.scheme, r.mac
	FROM unnest($28::bigint[], $29::bigint[], $30::bigint[], $31::bytea[], $32::smallint[], $33::bytea[])
		AS r (place, source_epoch, target_epoch, signing_root, scheme, mac)
	JOIN owners o USING (place)
)
SELECT place FROM owners`

// writes are changes of heads, with the rows that belong to them.
type writes struct {
	keys      [][]byte
	revisions []int64
	was, next headColumns
	blocks    blockColumns
	votes     voteColumns
	// marks are those of the next heads.
	marks []eip3076.Mark
	// moved says, after the batch, which heads were changed.
	moved []bool
}

func newWrites(marks eip3076.Marker, list []*trial) *writes {
	w := &writes{}
	for _, t := range list {
		place := w.add(marks, t.key, *t.was, t.next)
		for _, b := range t.blocks {
			w.blocks.add(place, b, marks.Block(t.key, b))
		}
		for _, a := range t.votes {
			w.votes.add(place, a, marks.Attestation(t.key, a))
		}
	}
	return w
}

// add changes a head, and returns its place, counted from 1.
func (w *writes) add(marks eip3076.Marker, key messages.PublicKey, was head, next eip3076.Head) int {
	mark := marks.Head(key, next)
	w.keys, w.revisions = append(w.keys, key[:]), append(w.revisions, was.revision)
	w.was.add(was.Head, was.mark)
	w.next.add(next, mark)
	w.marks, w.moved = append(w.marks, mark), append(w.moved, false)
	return len(w.keys)
}

// queue appends what is to be done to a batch, which ends in a commit.
func (w *writes) queue(batch *pgx.Batch) {
	if len(w.keys) == 0 {
		return
	}
	batch.Queue(hold, w.keys)
	args := slices.Concat([]any{w.keys, w.revisions}, w.was.args(), w.next.args(), w.blocks.args(), w.votes.args())
	batch.Queue(move, args...).Query(func(rows pgx.Rows) error {
		places, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		for _, place := range places {
			w.moved[place-1] = true
		}
		return err
	})
}

// all says whether every head was changed.
func (w *writes) all() bool { return !slices.Contains(w.moved, false) }
