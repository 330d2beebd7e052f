package postgres

import (
	"context"
	"io"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Import implements [eip3076.Exchanger]. The file is copied into temporary tables as it is read, which holds up nobody;
// then the whole of it becomes part of the history at once. Signing with the keys of the file waits for that, and for
// nothing else.
func (s *Store) Import(ctx context.Context, file io.Reader) (eip3076.ImportReport, error) {
	var report eip3076.ImportReport
	err := s.use(ctx, func(m *memory) error {
		var chain messages.Root
		err := s.work(ctx, pgx.TxOptions{}, func(tx pgx.Tx) error {
			i := &importing{Tx: tx, marks: s.marks.Now(), entries: make(map[messages.PublicKey]*entry)}
			if err := i.stage(ctx, file); err != nil {
				return err
			}
			if err := i.pin(ctx, m.chain); err != nil {
				return err
			}
			chain = i.chain
			if err := i.merge(ctx, s); err != nil {
				return err
			}
			err := s.walk(ctx, tx, i.keys(), i.count)
			if err == nil {
				report, err = i.tallies.Finish(i.chain, func(*eip3076.Tally) error { return nil })
			}
			return err
		})
		if err == nil {
			m.chain, m.pinned = chain, true
		}
		return err
	})
	if err != nil {
		return eip3076.ImportReport{}, err
	}
	return report, nil
}

// importing is an import under way.
type importing struct {
	pgx.Tx
	marks   eip3076.Marker
	chain   messages.Root
	tallies eip3076.Tallies
	entries map[messages.PublicKey]*entry
	byPlace []*entry
	blocks  [][]any // to be copied
	votes   [][]any // to be copied
	row     int64   // counts the rows of the file
}

// entry is a validator of the file.
type entry struct {
	*eip3076.Tally
	place int32
	// top is above all its rows in the file.
	top eip3076.Floor
}

// The temporary tables hold each row as it is in the file, with the marks that it gets with its root and without it. The
// floors are those before the import.
const createStage = `
CREATE TEMPORARY TABLE staged_validators (
	place integer PRIMARY KEY, public_key bytea NOT NULL UNIQUE, id bigint,
	low_slot bigint NOT NULL DEFAULT 0, low_source bigint NOT NULL DEFAULT 0, low_target bigint NOT NULL DEFAULT 0
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_blocks (
	place integer NOT NULL, row bigint NOT NULL, slot bigint NOT NULL,
	signing_root bytea, scheme smallint NOT NULL, mac bytea NOT NULL, bare_mac bytea NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE staged_attestations (
	place integer NOT NULL, row bigint NOT NULL, source_epoch bigint NOT NULL, target_epoch bigint NOT NULL,
	signing_root bytea, scheme smallint NOT NULL, mac bytea NOT NULL, bare_mac bytea NOT NULL
) ON COMMIT DROP`

// heap is how many rows are gathered before they are copied.
const heap = 8192

// stage copies the file into temporary tables.
func (i *importing) stage(ctx context.Context, file io.Reader) error {
	if _, err := i.Exec(ctx, createStage, pgx.QueryExecModeSimpleProtocol); err != nil {
		return err
	}
	var storage error
	root, err := eip3076.Decode(file, func(h eip3076.History) error {
		storage = i.take(ctx, h)
		return storage
	})
	switch {
	case storage != nil:
		return storage
	case err != nil:
		return elsewhere{err}
	}
	i.chain = root
	if err := i.flush(ctx); err != nil {
		return err
	}
	validators := make([][]any, len(i.byPlace))
	for place, e := range i.byPlace {
		validators[place] = []any{e.place, e.Report.Key[:]}
	}
	return i.copy(ctx, "staged_validators", []string{"place", "public_key"}, validators)
}

// take gathers the rows of one entry of the file. Until they are merged, all count as present.
func (i *importing) take(ctx context.Context, h eip3076.History) error {
	e, ok := i.entries[h.Key]
	if !ok {
		e = &entry{Tally: i.tallies.Of(h.Key), place: int32(len(i.byPlace))}
		i.entries[h.Key], i.byPlace = e, append(i.byPlace, e)
	}
	for _, b := range h.Blocks {
		i.row++
		e.Block(b, false)
		e.top = e.top.Raise(b.Floor())
		mark, bare := i.marks.Block(h.Key, b), i.marks.Block(h.Key, eip3076.Block{Slot: b.Slot})
		i.blocks = append(i.blocks, []any{e.place, i.row, int64(b.Slot), rootOrNull(b.SigningRoot, b.HasRoot), int16(mark.Scheme), macOf(mark), macOf(bare)})
		if err := i.flushFull(ctx); err != nil {
			return err
		}
	}
	for _, a := range h.Attestations {
		i.row++
		e.Attestation(a, false)
		e.top = e.top.Raise(a.Floor())
		mark, bare := i.marks.Attestation(h.Key, a), i.marks.Attestation(h.Key, eip3076.Attestation{Source: a.Source, Target: a.Target})
		i.votes = append(i.votes, []any{e.place, i.row, int64(a.Source), int64(a.Target), rootOrNull(a.SigningRoot, a.HasRoot), int16(mark.Scheme), macOf(mark), macOf(bare)})
		if err := i.flushFull(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) flushFull(ctx context.Context) error {
	if len(i.blocks)+len(i.votes) < heap {
		return nil
	}
	return i.flush(ctx)
}

// flush copies what was gathered.
func (i *importing) flush(ctx context.Context) error {
	err := i.copy(ctx, "staged_blocks", []string{"place", "row", "slot", "signing_root", "scheme", "mac", "bare_mac"}, i.blocks)
	if err == nil {
		err = i.copy(ctx, "staged_attestations", []string{"place", "row", "source_epoch", "target_epoch", "signing_root", "scheme", "mac", "bare_mac"}, i.votes)
	}
	i.blocks, i.votes = i.blocks[:0], i.votes[:0]
	return err
}

func (i *importing) copy(ctx context.Context, table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	_, err := i.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(rows))
	return err
}

// pin binds the store to the chain of the file, unless it is another's.
func (i *importing) pin(ctx context.Context, configured messages.Root) error {
	if err := eip3076.CheckFile(i.chain, configured); err != nil {
		return err
	}
	var stored []byte
	if err := i.QueryRow(ctx, pin, i.chain[:]).Scan(&stored); err != nil {
		return err
	}
	root, err := chainOf(stored)
	if err == nil {
		err = eip3076.CheckFile(i.chain, root)
	}
	return err
}

// keys are those of the file.
func (i *importing) keys() []messages.PublicKey {
	keys := make([]messages.PublicKey, len(i.byPlace))
	for place, e := range i.byPlace {
		keys[place] = e.Report.Key
	}
	return keys
}

// count looks for rows that contradict each other, in the whole history of a validator.
func (i *importing) count(v visit) error {
	err := i.entries[v.key].Sweep(v.rows)
	if err == nil {
		err = v.refused
	}
	if err != nil {
		err = within(v.key[:], err)
	}
	return err
}
