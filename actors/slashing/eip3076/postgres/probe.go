package postgres

import (
	"context"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"
)

// The rows that a probe writes are as large as a signature's, so that they need room where that does; an update alone would
// find it in its own page for ever. They belong to no validator, each to one probe, and are gone before anybody can see them.
const (
	probeBlocks = "INSERT INTO chamber_slashing.blocks (validator, slot, rival, signing_root, scheme, mac) " +
		"VALUES (0, 0, $1, decode(repeat('00', 32), 'hex'), 0, decode(repeat('00', 32), 'hex'))"
	probeVotes = "INSERT INTO chamber_slashing.attestations (validator, target_epoch, source_epoch, rival, signing_root, scheme, mac) " +
		"VALUES (0, 0, 0, $1, decode(repeat('00', 32), 'hex'), 0, decode(repeat('00', 32), 'hex'))"
	unprobeBlocks = "DELETE FROM chamber_slashing.blocks WHERE validator = 0 AND rival = $1"
	unprobeVotes  = "DELETE FROM chamber_slashing.attestations WHERE validator = 0 AND rival = $1"

	countProbe = "UPDATE chamber_slashing.metadata SET probes = probes + 1 RETURNING version"
)

// Probe implements [eip3076.Recorder]. It also notices that a newer program has migrated the schema.
func (s *Store) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.use(ctx, func(*memory) error {
		return s.persist(ctx, func(ctx context.Context) error {
			var version int
			batch, own := &pgx.Batch{}, rand.Int32()
			for _, text := range []string{probeBlocks, probeVotes, unprobeBlocks, unprobeVotes} {
				batch.Queue(text, own)
			}
			batch.Queue(countProbe).QueryRow(func(row pgx.Row) error { return row.Scan(&version) })
			if err := s.send(ctx, batch); err != nil {
				return err
			}
			return tooNew(version)
		})
	})
}
