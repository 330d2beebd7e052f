package postgres

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
)

const (
	// analyze tells the planner how many rows there are: of a temporary table nothing does that by itself.
	analyze = "ANALYZE staged_validators, staged_blocks, staged_attestations"

	holdStaged = `
SELECT count(*) FROM (
	SELECT FROM chamber_slashing.validators WHERE public_key IN (SELECT public_key FROM staged_validators) ORDER BY public_key FOR NO KEY UPDATE
) held`

	floorsBefore = `
UPDATE staged_validators s SET low_slot = v.low_slot, low_source = v.low_source, low_target = v.low_target
FROM chamber_slashing.validators v WHERE v.public_key = s.public_key`

	idsAfter = "UPDATE staged_validators s SET id = v.id FROM chamber_slashing.validators v WHERE v.public_key = s.public_key"

	// A row below the floor is put on record without its root. Nothing is inserted when a row with that root, or with the
	// one in the file, is there; other rows at the slot or target make this one a rival. Of rows that are the same, the first
	// in the file is taken.
	mergeBlocks = `
WITH taken AS (
	SELECT v.place, v.id, s.row, s.slot, s.signing_root AS filed, s.scheme,
		CASE WHEN s.slot >= v.low_slot THEN s.signing_root END AS signing_root,
		CASE WHEN s.slot >= v.low_slot THEN s.mac ELSE s.bare_mac END AS mac
	FROM staged_blocks s JOIN staged_validators v USING (place)
), missing AS (
	SELECT DISTINCT ON (id, slot, signing_root) * FROM taken t
	WHERE NOT EXISTS (SELECT FROM chamber_slashing.blocks b WHERE b.validator = t.id AND b.slot = t.slot
		AND (b.signing_root IS NOT DISTINCT FROM t.signing_root OR b.signing_root IS NOT DISTINCT FROM t.filed))
	ORDER BY id, slot, signing_root, row
), added AS (
	INSERT INTO chamber_slashing.blocks (validator, slot, rival, signing_root, scheme, mac)
	SELECT id, slot, (SELECT count(*) FROM chamber_slashing.blocks b WHERE b.validator = m.id AND b.slot = m.slot)
		+ row_number() OVER (PARTITION BY id, slot ORDER BY row) - 1, signing_root, scheme, mac
	FROM missing m
	RETURNING validator
)
SELECT v.place, count(*) FROM added a JOIN staged_validators v ON v.id = a.validator GROUP BY v.place`

	mergeAttestations = `
WITH taken AS (
	SELECT v.place, v.id, s.row, s.source_epoch, s.target_epoch, s.signing_root AS filed, s.scheme,
		CASE WHEN s.source_epoch >= v.low_source AND s.target_epoch >= v.low_target THEN s.signing_root END AS signing_root,
		CASE WHEN s.source_epoch >= v.low_source AND s.target_epoch >= v.low_target THEN s.mac ELSE s.bare_mac END AS mac
	FROM staged_attestations s JOIN staged_validators v USING (place)
), missing AS (
	SELECT DISTINCT ON (id, target_epoch, source_epoch, signing_root) * FROM taken t
	WHERE NOT EXISTS (SELECT FROM chamber_slashing.attestations a
		WHERE a.validator = t.id AND a.target_epoch = t.target_epoch AND a.source_epoch = t.source_epoch
		AND (a.signing_root IS NOT DISTINCT FROM t.signing_root OR a.signing_root IS NOT DISTINCT FROM t.filed))
	ORDER BY id, target_epoch, source_epoch, signing_root, row
), added AS (
	INSERT INTO chamber_slashing.attestations (validator, source_epoch, target_epoch, rival, signing_root, scheme, mac)
	SELECT id, source_epoch, target_epoch,
		(SELECT count(*) FROM chamber_slashing.attestations a WHERE a.validator = m.id AND a.target_epoch = m.target_epoch)
		+ row_number() OVER (PARTITION BY id, target_epoch ORDER BY row) - 1, signing_root, scheme, mac
	FROM missing m
	RETURNING validator
)
SELECT v.place, count(*) FROM added a JOIN staged_validators v ON v.id = a.validator GROUP BY v.place`
)

// merge makes what was staged part of the history.
func (i *importing) merge(ctx context.Context, s *Store) error {
	if _, err := i.Exec(ctx, analyze); err != nil {
		return err
	}
	for {
		err := pgx.BeginFunc(ctx, i, func(part pgx.Tx) error { return i.lift(ctx, s, part) })
		if errors.Is(err, errRaced) {
			continue // and its locks are given back: taken in another order, they might close a circle
		}
		if err != nil {
			return err
		}
		break
	}
	if _, err := i.Exec(ctx, idsAfter); err != nil {
		return err
	}
	err := i.add(ctx, mergeBlocks, func(e *entry, n int) { e.Report.Blocks, e.Report.Present = n, e.Report.Present-n })
	if err != nil {
		return err
	}
	return i.add(ctx, mergeAttestations, func(e *entry, n int) { e.Report.Attestations, e.Report.Present = n, e.Report.Present-n })
}

// lift locks the validators of the file, adds those that are unknown, and moves their heads.
func (i *importing) lift(ctx context.Context, s *Store, part pgx.Tx) error {
	for _, text := range []string{holdStaged, floorsBefore} {
		if _, err := part.Exec(ctx, text); err != nil {
			return err
		}
	}
	list := slices.SortedFunc(slices.Values(i.byPlace), func(a, b *entry) int { return bytes.Compare(a.Report.Key[:], b.Report.Key[:]) })
	for some := range slices.Chunk(list, portion) {
		keys := make([][]byte, len(some))
		for n, e := range some {
			keys[n] = e.Report.Key[:]
		}
		heads, err := s.headsOf(ctx, part, keys)
		if err != nil {
			return err
		}
		w := &writes{}
		for _, e := range some {
			was := heads[e.Report.Key]
			next := eip3076.Head{Summary: eip3076.Summary{Top: was.Top.Raise(e.top)}}
			next.Low, next.Imported = e.Lift(was.Low, was.Imported)
			w.add(i.marks, e.Report.Key, was, next)
		}
		if err := w.apply(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// add runs one of the merges, and hands on how many rows are new for each validator.
func (i *importing) add(ctx context.Context, text string, added func(*entry, int)) error {
	rows, err := i.Query(ctx, text)
	if err != nil {
		return err
	}
	var place int32
	var n int
	_, err = pgx.ForEachRow(rows, []any{&place, &n}, func() error {
		added(i.byPlace[place], n)
		return nil
	})
	return err
}
