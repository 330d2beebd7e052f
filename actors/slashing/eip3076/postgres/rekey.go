package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
)

const (
	selectAllBlocks       = "SELECT slot, rival, signing_root, scheme, mac FROM chamber_slashing.blocks WHERE validator = $1"
	selectAllAttestations = "SELECT target_epoch, rival, source_epoch, signing_root, scheme, mac FROM chamber_slashing.attestations WHERE validator = $1"

	// What is written is the mark, and the root, which pruning may take away.
	markBlocks = `
UPDATE chamber_slashing.blocks b SET signing_root = r.signing_root, scheme = r.scheme, mac = r.mac
FROM unnest($2::bigint[], $3::integer[], $4::bytea[], $5::smallint[], $6::bytea[]) AS r (slot, rival, signing_root, scheme, mac)
WHERE b.validator = $1 AND b.slot = r.slot AND b.rival = r.rival`
	markAttestations = `
UPDATE chamber_slashing.attestations a SET signing_root = r.signing_root, scheme = r.scheme, mac = r.mac
FROM unnest($2::bigint[], $3::integer[], $4::bytea[], $5::smallint[], $6::bytea[]) AS r (target_epoch, rival, signing_root, scheme, mac)
WHERE a.validator = $1 AND a.target_epoch = r.target_epoch AND a.rival = r.rival`
)

// rivalBlock and rivalVote are rows with all of their primary key.
type (
	rivalBlock struct {
		blockRow
		rival int32
	}
	rivalVote struct {
		voteRow
		rival int32
	}
)

// blocks runs a query for slot, rival, root and mark.
func (v validator) blocks(ctx context.Context, text string, args ...any) ([]rivalBlock, error) {
	rows, err := v.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r rivalBlock, err error) {
		return r, row.Scan(&r.slot, &r.rival, &r.root, &r.scheme, &r.mac)
	})
}

// votes runs a query for target, rival, source, root and mark.
func (v validator) votes(ctx context.Context, text string, args ...any) ([]rivalVote, error) {
	rows, err := v.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r rivalVote, err error) {
		return r, row.Scan(&r.target, &r.rival, &r.source, &r.root, &r.scheme, &r.mac)
	})
}

// marking gives rows another mark. It holds them as arrays, one for each column, for unnest.
type marking struct {
	numbers []int64
	rivals  []int32
	roots   [][]byte
	schemes []int16
	macs    [][]byte
}

func (m *marking) add(number int64, rival int32, root []byte, mark eip3076.Mark) {
	m.numbers, m.rivals, m.roots = append(m.numbers, number), append(m.rivals, rival), append(m.roots, root)
	m.schemes, m.macs = append(m.schemes, int16(mark.Scheme)), append(m.macs, macOf(mark))
}

func (m *marking) apply(ctx context.Context, v validator, text string) error {
	if len(m.numbers) == 0 {
		return nil
	}
	_, err := v.Exec(ctx, text, v.id, m.numbers, m.rivals, m.roots, m.schemes, m.macs)
	return err
}

// rekey replaces the marks of all rows of a validator, and returns how many differ.
func (v validator) rekey(ctx context.Context, now eip3076.Marker, how eip3076.Rekeying) (rows int, err error) {
	var blocks, votes marking
	if err := v.remarkBlocks(ctx, &blocks, now, how); err != nil {
		return 0, err
	}
	if err := v.remarkVotes(ctx, &votes, now, how); err != nil {
		return 0, err
	}
	_, changed, err := how.Head(now, eip3076.Row[eip3076.Head]{Key: v.key, Fact: v.Head, Mark: v.mark})
	if err != nil {
		return 0, err
	}
	rows = len(blocks.numbers) + len(votes.numbers)
	if changed {
		rows++
	}
	if rows == 0 {
		return 0, nil
	}
	if err := blocks.apply(ctx, v, markBlocks); err != nil {
		return 0, err
	}
	if err := votes.apply(ctx, v, markAttestations); err != nil {
		return 0, err
	}
	return rows, v.change(ctx, now, v.Head)
}

func (v validator) remarkBlocks(ctx context.Context, next *marking, now eip3076.Marker, how eip3076.Rekeying) error {
	old, err := v.blocks(ctx, selectAllBlocks, v.id)
	if err != nil {
		return err
	}
	for _, row := range old {
		b, mark, err := row.read()
		if err != nil {
			return err
		}
		mark, changed, err := how.Block(now, eip3076.Row[eip3076.Block]{Key: v.key, Fact: b, Mark: mark})
		if err != nil {
			return err
		}
		if changed {
			next.add(row.slot, row.rival, row.root, mark)
		}
	}
	return nil
}

func (v validator) remarkVotes(ctx context.Context, next *marking, now eip3076.Marker, how eip3076.Rekeying) error {
	old, err := v.votes(ctx, selectAllAttestations, v.id)
	if err != nil {
		return err
	}
	for _, row := range old {
		a, mark, err := row.read()
		if err != nil {
			return err
		}
		mark, changed, err := how.Attestation(now, eip3076.Row[eip3076.Attestation]{Key: v.key, Fact: a, Mark: mark})
		if err != nil {
			return err
		}
		if changed {
			next.add(row.target, row.rival, row.root, mark)
		}
	}
	return nil
}
