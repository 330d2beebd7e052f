package postgres

import (
	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

const (
	selectHeads = selectHead + "WHERE v.public_key = ANY ($1::bytea[])"

	selectBlocksAt = `
SELECT w.place, b.slot, b.signing_root, b.scheme, b.mac
FROM unnest($1::bigint[], $2::bytea[], $3::bigint[]) AS w (place, public_key, slot)
JOIN chamber_slashing.validators v USING (public_key)
JOIN chamber_slashing.blocks b ON b.validator = v.id AND b.slot = w.slot`

	// The votes for the same target, one that surrounds the vote, and one that it surrounds. The latter has a source above
	// the vote's, so its target is above that too, unless it is one of the backward rows, which have their own index.
	selectVotesAround = `
SELECT w.place, r.source_epoch, r.target_epoch, r.signing_root, r.scheme, r.mac
FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[]) AS w (place, public_key, source, target)
JOIN chamber_slashing.validators v USING (public_key)
CROSS JOIN LATERAL (
	SELECT * FROM chamber_slashing.attestations a WHERE a.validator = v.id AND a.target_epoch = w.target
	UNION ALL
	(SELECT * FROM chamber_slashing.attestations a
		WHERE a.validator = v.id AND a.target_epoch > w.target AND a.source_epoch < w.source LIMIT 1)
	UNION ALL
	(SELECT * FROM chamber_slashing.attestations a
		WHERE a.validator = v.id AND a.target_epoch > w.source AND a.target_epoch < w.target AND a.source_epoch > w.source LIMIT 1)
	UNION ALL
	(SELECT * FROM chamber_slashing.attestations a
		WHERE a.validator = v.id AND a.source_epoch > a.target_epoch AND a.target_epoch < w.target AND a.source_epoch > w.source LIMIT 1)
) r`
)

// place tells the duties of a batch of reads apart.
type place struct {
	trial *trial
	duty  int
}

// reads are the heads and the rows that trials need.
type reads struct {
	keys   [][]byte
	places []place

	blockPlaces, slots           []int64
	votePlaces, sources, targets []int64
	blockKeys, voteKeys          [][]byte
	heads                        map[messages.PublicKey]headRow
	blocks                       map[place][]blockRow
	votes                        map[place][]voteRow
}

func newReads(list []*trial) *reads {
	r := &reads{heads: make(map[messages.PublicKey]headRow), blocks: make(map[place][]blockRow), votes: make(map[place][]voteRow)}
	for _, t := range list {
		key := t.key[:]
		r.keys = append(r.keys, key)
		for i, d := range t.duties {
			at := int64(len(r.places))
			r.places = append(r.places, place{t, i})
			if d.Operation == messages.Attestation {
				if max(d.SourceEpoch, d.TargetEpoch) > eip3076.MaxNumber {
					continue // refused whatever is on record
				}
				r.votePlaces, r.voteKeys = append(r.votePlaces, at), append(r.voteKeys, key)
				r.sources, r.targets = append(r.sources, int64(d.SourceEpoch)), append(r.targets, int64(d.TargetEpoch))
			} else if d.Slot <= eip3076.MaxNumber {
				r.blockPlaces, r.blockKeys = append(r.blockPlaces, at), append(r.blockKeys, key)
				r.slots = append(r.slots, int64(d.Slot))
			}
		}
	}
	return r
}

// queue appends the queries to a batch: heads before rows. What they find is durable when the batch has ended.
func (r *reads) queue(batch *pgx.Batch) {
	if len(r.keys) > 0 {
		batch.Queue(confirm)
		batch.Queue(selectHeads, r.keys).Query(func(rows pgx.Rows) error {
			found, err := pgx.CollectRows(rows, scanHead)
			for _, row := range found {
				r.heads[messages.PublicKey(row.key)] = row // it was asked for by its key, so it has 48 bytes
			}
			return err
		})
	}
	if len(r.blockPlaces) > 0 {
		batch.Queue(selectBlocksAt, r.blockPlaces, r.blockKeys, r.slots).Query(func(rows pgx.Rows) error {
			var at int64
			var row blockRow
			_, err := pgx.ForEachRow(rows, []any{&at, &row.slot, &row.root, &row.scheme, &row.mac}, func() error {
				r.blocks[r.places[at]] = append(r.blocks[r.places[at]], row)
				return nil
			})
			return err
		})
	}
	if len(r.votePlaces) > 0 {
		batch.Queue(selectVotesAround, r.votePlaces, r.voteKeys, r.sources, r.targets).Query(func(rows pgx.Rows) error {
			var at int64
			var row voteRow
			_, err := pgx.ForEachRow(rows, []any{&at, &row.source, &row.target, &row.root, &row.scheme, &row.mac}, func() error {
				r.votes[r.places[at]] = append(r.votes[r.places[at]], row)
				return nil
			})
			return err
		})
	}
}

// related returns the rows of one duty of a trial.
func (r *reads) related(t *trial, duty int, marks eip3076.Marker) (known related) {
	for _, row := range r.blocks[place{t, duty}] {
		b, err := row.believe(t.key, marks)
		if err != nil {
			return related{refused: err}
		}
		known.blocks = append(known.blocks, b)
	}
	for _, row := range r.votes[place{t, duty}] {
		a, err := row.believe(t.key, marks)
		if err != nil {
			return related{refused: err}
		}
		known.votes = append(known.votes, a)
	}
	return known
}
