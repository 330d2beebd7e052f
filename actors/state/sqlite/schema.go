package sqlite

// applicationID marks a file as ours: the letters CCss (Containment Chamber, signer state).
const applicationID = 0x43437373

// migrations bring the schema from version i to i+1. They are never changed, only added to.
var migrations = [...]string{
	`
CREATE TABLE records (
	name TEXT PRIMARY KEY,
	version INTEGER NOT NULL CHECK (version >= 1),
	body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`,
}
