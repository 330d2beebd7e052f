package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/postgresdb"
)

// migrations are the schema's, see [postgresdb.Schema].
var migrations = []string{
	`
CREATE TABLE chamber_slashing.metadata (
	id integer PRIMARY KEY CHECK (id = 1),
	version integer NOT NULL,
	genesis_validators_root bytea CHECK (length(genesis_validators_root) = 32),
	probes bigint NOT NULL
);
INSERT INTO chamber_slashing.metadata VALUES (1, 0, NULL, 0);

-- One page holds the old and the new version of a head, which changes with every signature.
CREATE TABLE chamber_slashing.validators (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	public_key bytea NOT NULL UNIQUE CHECK (length(public_key) = 48),
	revision bigint NOT NULL,
	low_slot bigint NOT NULL CHECK (low_slot >= 0),
	low_source bigint NOT NULL CHECK (low_source >= 0),
	low_target bigint NOT NULL CHECK (low_target >= 0),
	top_slot bigint NOT NULL CHECK (top_slot >= 0),
	top_source bigint NOT NULL CHECK (top_source >= 0),
	top_target bigint NOT NULL CHECK (top_target >= 0),
	imported_blocks boolean NOT NULL,
	imported_attestations boolean NOT NULL,
	scheme smallint NOT NULL,
	mac bytea NOT NULL
) WITH (fillfactor = 50);

-- rival is 0 for the first row at its slot or target; an import that contradicts it adds 1, 2, and so on.
CREATE TABLE chamber_slashing.blocks (
	validator bigint NOT NULL,
	slot bigint NOT NULL CHECK (slot >= 0),
	rival integer NOT NULL,
	signing_root bytea CHECK (length(signing_root) = 32),
	scheme smallint NOT NULL,
	mac bytea NOT NULL,
	PRIMARY KEY (validator, slot, rival)
);

CREATE TABLE chamber_slashing.attestations (
	validator bigint NOT NULL,
	target_epoch bigint NOT NULL CHECK (target_epoch >= 0),
	rival integer NOT NULL,
	source_epoch bigint NOT NULL CHECK (source_epoch >= 0),
	signing_root bytea CHECK (length(signing_root) = 32),
	scheme smallint NOT NULL,
	mac bytea NOT NULL,
	PRIMARY KEY (validator, target_epoch, rival)
);

-- The few votes that no honest validator makes, so that all others can be searched by target.
CREATE INDEX backward_attestations ON chamber_slashing.attestations (validator) WHERE source_epoch > target_epoch;
`,
}

// tables are the schema's after all migrations.
var tables = []string{"attestations", "blocks", "metadata", "validators"}

const relations = "SELECT relname::text FROM pg_class WHERE relnamespace = to_regnamespace('chamber_slashing') AND relkind IN ('r', 'p', 'v', 'm', 'f')"

// prepare checks whose the schema is, brings it up to date, and writes to it, in one transaction that other signers wait
// for. It learns the chain.
func (s *Store) prepare(ctx context.Context, m *memory, cfg Config) error {
	var stored []byte
	err := s.persist(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			schema := postgresdb.Schema{
				Name: "chamber_slashing", Version: "metadata", Migrations: migrations,
				Lock:      0x43437370, // the letters CCsp: Containment Chamber, slashing protection
				Recognize: func(ctx context.Context, tx pgx.Tx) (int, error) { return recognize(ctx, tx, cfg.MustExist) },
			}
			if err := schema.Prepare(ctx, tx); err != nil {
				return err
			}
			return tx.QueryRow(ctx, "UPDATE chamber_slashing.metadata SET probes = probes + 1 RETURNING genesis_validators_root").Scan(&stored)
		})
	})
	if err != nil {
		return err
	}
	return m.join(stored, cfg.GenesisValidatorsRoot)
}

// recognize returns the version of the schema, 0 for none or an empty one, and refuses what is not ours or newer than us.
func recognize(ctx context.Context, tx pgx.Tx, mustExist bool) (version int, err error) {
	rows, err := tx.Query(ctx, relations)
	if err != nil {
		return 0, err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	slices.Sort(found)
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0 && mustExist:
		return 0, lasting{errors.New("there is no history in it (no tables in the schema chamber_slashing): name the signer's database, or put a backup back")}
	case len(found) == 0:
		return 0, nil
	case !slices.Contains(found, "metadata"):
		return 0, foreign(found)
	}
	err = tx.QueryRow(ctx, "SELECT version FROM chamber_slashing.metadata").Scan(&version)
	if err == nil {
		err = tooNew(version)
	}
	if err == nil && version == len(migrations) && !slices.Equal(found, tables) {
		err = foreign(found)
	}
	return version, err
}

func foreign(found []string) error {
	return lasting{fmt.Errorf("the schema chamber_slashing holds other tables than ours: %q; use another database, or put ours back", found)}
}

func tooNew(version int) error {
	if version <= len(migrations) {
		return nil
	}
	return lasting{fmt.Errorf("the schema chamber_slashing has version %d, this program knows up to %d: start the newer program that wrote it", version, len(migrations))}
}
