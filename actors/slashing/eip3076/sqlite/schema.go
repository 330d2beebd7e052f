package sqlite

import (
	"context"
	"fmt"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// applicationID marks a file as ours: the letters CCsp (Containment Chamber, slashing protection).
const applicationID = 0x43437370

// pragmas are set with every start; a file that exists keeps its page size. A history is written all over, a page for
// each validator in turn: small pages make a row a fifth cheaper than SQLite's own size of 4 KiB. A cache that holds the
// newest page of some ten thousand validators, and a write-ahead log of 32 MB before it is copied into the file, halve the
// work for each row.
var pragmas = [...]string{
	"PRAGMA page_size = 1024",
	"PRAGMA journal_mode = WAL",
	"PRAGMA wal_autocheckpoint = 32000", // pages
	"PRAGMA cache_size = -16384",        // KiB
	"PRAGMA fullfsync = ON",
	"PRAGMA cell_size_check = ON",
	"PRAGMA trusted_schema = OFF",
}

// migrations bring the schema from version i to i+1. They are never changed, only added to.
var migrations = [...]string{
	`
CREATE TABLE metadata (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	genesis_validators_root BLOB CHECK (length(genesis_validators_root) = 32),
	probes INTEGER NOT NULL
) STRICT;
INSERT INTO metadata VALUES (1, NULL, 0);

CREATE TABLE validators (
	id INTEGER PRIMARY KEY,
	public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 48),
	floor_slot INTEGER NOT NULL DEFAULT 0 CHECK (floor_slot >= 0),
	floor_source INTEGER NOT NULL DEFAULT 0 CHECK (floor_source >= 0),
	floor_target INTEGER NOT NULL DEFAULT 0 CHECK (floor_target >= 0),
	imported_blocks INTEGER NOT NULL DEFAULT 0,
	imported_attestations INTEGER NOT NULL DEFAULT 0
) STRICT;

-- rival is 0 for the first row at its slot or target; an import that contradicts it adds 1, 2, and so on.
CREATE TABLE blocks (
	validator INTEGER NOT NULL REFERENCES validators (id),
	slot INTEGER NOT NULL CHECK (slot >= 0),
	rival INTEGER NOT NULL,
	signing_root BLOB CHECK (length(signing_root) = 32),
	scheme INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (validator, slot, rival)
) STRICT, WITHOUT ROWID;

CREATE TABLE attestations (
	validator INTEGER NOT NULL REFERENCES validators (id),
	target_epoch INTEGER NOT NULL CHECK (target_epoch >= 0),
	rival INTEGER NOT NULL,
	source_epoch INTEGER NOT NULL CHECK (source_epoch >= 0),
	signing_root BLOB CHECK (length(signing_root) = 32),
	scheme INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (validator, target_epoch, rival)
) STRICT, WITHOUT ROWID;

-- The few votes that no honest validator makes, so that all others can be searched by target.
CREATE INDEX backward_attestations ON attestations (validator) WHERE source_epoch > target_epoch;
`,
	// A constraint on the length would make this start read every old row; and a MAC is compared as a whole anyway.
	`
ALTER TABLE validators ADD COLUMN scheme INTEGER NOT NULL DEFAULT 0;
ALTER TABLE validators ADD COLUMN mac BLOB;
ALTER TABLE blocks ADD COLUMN mac BLOB;
ALTER TABLE attestations ADD COLUMN mac BLOB;
`,
}

// prepare takes the lock on the file, checks whose it is, and brings it up to date.
func (c *connection) prepare(ctx context.Context, chain messages.Root) error {
	version, err := c.recognize()
	if err != nil {
		return err
	}
	for _, pragma := range pragmas {
		if _, err := c.row(pragma); err != nil {
			return err
		}
	}
	err = c.transact(ctx, func(c *connection) error {
		for ; version < len(migrations); version++ {
			if err := c.migrate(version); err != nil {
				return err
			}
		}
		return c.probe()
	})
	if err != nil {
		return err
	}
	if err := c.checkKeys(); err != nil {
		return err
	}
	if err := c.check("PRAGMA quick_check(metadata)", "PRAGMA quick_check(validators)"); err != nil {
		return err
	}
	return c.join(chain)
}

// checkKeys looks for a public key that is none. It makes the whole file useless: nobody knows whose history it hides.
func (c *connection) checkKeys() error {
	row, err := c.row("SELECT length(public_key) FROM validators WHERE length(public_key) != 48 LIMIT 1")
	if err != nil || row == nil {
		return err
	}
	return c.damaged(eip3076.MalformedKey(eip3076.RowWatermark, int(count(row[0]))))
}

// damaged says what to do about a file that SQLite can read, but that does not hold what it should.
func (c *connection) damaged(what error) error {
	return unavailable(c.path, fmt.Errorf("it is damaged: put a backup in its place, or move it away and import an interchange file that is complete: %w", what))
}

// recognize returns the version of the schema, 0 for an empty file, and refuses what is not ours or newer than us.
func (c *connection) recognize() (int, error) {
	row, err := c.row("SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version), (SELECT page_count FROM pragma_page_count)")
	if err != nil {
		return 0, err
	}
	id, version, pages := row[0].(int64), int(row[1].(int64)), row[2].(int64) // pragmas answer with integers
	switch {
	case pages == 0:
		return 0, nil
	case id != applicationID:
		return 0, unavailable(c.path, fmt.Errorf("it belongs to another program (application id %#x): name another file", id))
	case version > len(migrations):
		return 0, unavailable(c.path, fmt.Errorf("its schema has version %d, this program knows up to %d: start the newer program that wrote it", version, len(migrations)))
	}
	return version, nil
}

func (c *connection) migrate(version int) error {
	text := fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d;", migrations[version], applicationID, version+1)
	if _, err := c.db.Exec(text, nil); err != nil {
		return unavailable(c.path, fmt.Errorf("migrating the schema to version %d: %w", version+1, err))
	}
	return nil
}

// check runs checks of SQLite's, each of which answers "ok" when all is well.
func (c *connection) check(pragmas ...string) error {
	for _, pragma := range pragmas {
		row, err := c.row(pragma)
		if err != nil {
			return err
		}
		if row[0] != "ok" {
			return c.damaged(fmt.Errorf("%v", row[0]))
		}
	}
	return nil
}

// join compares the chain in the file with the configured one.
func (c *connection) join(chain messages.Root) error {
	row, err := c.row("SELECT genesis_validators_root FROM metadata")
	if err != nil {
		return err
	}
	c.chain = chain
	if row == nil || row[0] == nil {
		return nil
	}
	bytes, _ := row[0].([]byte)
	if len(bytes) != len(messages.Root{}) {
		return c.damaged(fmt.Errorf("its genesis validators root has %d bytes", len(bytes)))
	}
	stored := messages.Root(bytes)
	if !chain.IsZero() && stored != chain {
		return fmt.Errorf("%w: %s holds the history of the genesis validators root %v, the configured one is %v: name another file or fix the network", messages.ErrWrongNetwork, c.path, stored, chain)
	}
	c.chain, c.pinned = stored, true
	return nil
}

// pin writes the chain into the file, unless it is there.
func (c *connection) pin(chain messages.Root) error {
	if c.pinned || chain.IsZero() {
		return nil
	}
	_, err := c.exec("UPDATE metadata SET genesis_validators_root = ?", chain[:])
	if err == nil {
		c.chain, c.pinned = chain, true
	}
	return err
}

// probe writes something that the commit has to make durable.
func (c *connection) probe() error {
	_, err := c.exec("UPDATE metadata SET probes = probes + 1")
	return err
}
