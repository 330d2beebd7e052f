// Package web3signer reads the slashing-protection database of a Web3Signer, and writes what it says as an interchange
// file, which every store can import.
//
// # Guarantees
//
//   - Nothing is written to that database: the session is read-only, and all is read from one snapshot.
//   - Everything that Web3Signer refuses on account of its history or its low watermarks is refused by whoever imported
//     the file. What it has that we do not know is in the [Report].
//   - Memory is bounded by the list of validators, not by their history.
//
// # Decisions
//
// The database is read directly, so that nobody has to install Web3Signer to leave it, and because its own export leaves
// out validators without a watermark. The way through the interchange format is kept all the same: import is atomic in
// every store, reports for each validator, and there is one of it.
//
// Web3Signer permits a first message at its low watermark. Where its row is there, that row decides, as it does with us.
// Where it is not, as after watermark-repair, nobody knows what was signed there: so the watermark becomes ours, which
// refuses it.
//
// The URL is read as that of every store in PostgreSQL ([postgresdb]): without TLS only if it says so.
//
// A number beyond [eip3076.MaxNumber] is taken as the greatest, without its root, which forbids more than the row did.
package web3signer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"containment-chamber/actors/postgresdb"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// SchemaVersion is the version of Web3Signer's schema that is understood.
const SchemaVersion = 12

// What a database is refused for. Each error says beside it what to do.
var (
	// ErrForeign says that this is no slashing-protection database of Web3Signer.
	ErrForeign = errors.New("no slashing-protection database of Web3Signer")
	// ErrVersion says that its schema is older or newer than [SchemaVersion].
	ErrVersion = errors.New("another schema version")
	// ErrUnreadable says that it cannot be reached or read.
	ErrUnreadable = errors.New("the database of Web3Signer cannot be read")
)

// Report tells what was found.
type Report struct {
	GenesisValidatorsRoot messages.Root
	// Validators counts those with a history or a watermark, Blocks and Attestations their rows.
	Validators, Blocks, Attestations int
	// Empty counts validators that were registered and have signed nothing.
	Empty int
	// Disabled are validators that Web3Signer refuses to sign for until they are imported again. Their history is taken;
	// that they are disabled is not: whoever loads their keys here signs for them.
	Disabled []messages.PublicKey
	// HighSlot and HighEpoch are Web3Signer's high watermarks, at and above which it refuses to sign; nil if there are
	// none. They have no counterpart here and are not taken.
	HighSlot, HighEpoch *string
	// Altered lists rows that could not be taken as they are, Omitted counts those beyond [MaxAltered].
	Altered []string
	Omitted int
	// Sessions counts other sessions of the database: a Web3Signer that still signs would go on after the snapshot.
	Sessions int
}

// MaxAltered limits the list in a report.
const MaxAltered = 100

func (r *Report) alter(format string, args ...any) {
	if len(r.Altered) == MaxAltered {
		r.Omitted++
		return
	}
	r.Altered = append(r.Altered, fmt.Sprintf(format, args...))
}

// Export reads the database at url, which is libpq's or JDBC's, and writes an interchange file. On an error the file is
// not complete, and must not be used.
func Export(ctx context.Context, url string, file io.Writer) (Report, error) {
	conn, err := connect(ctx, url)
	if err != nil {
		return Report{}, unreadable(err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // all that was wanted was read
	d := database{}
	err = pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		d.tx = tx
		return d.export(ctx, file)
	})
	if err != nil {
		return Report{}, err
	}
	return d.report, nil
}

// patience bounds an attempt to connect.
const patience = 10 * time.Second

// connect opens a session that cannot write.
func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	options, err := postgresdb.Parse(postgresdb.Config{
		URL: strings.TrimPrefix(url, "jdbc:"), ReadOnly: true, Application: "containment-chamber slashing import", ConnectTimeout: patience,
	})
	if err != nil {
		return nil, err
	}
	return pgx.ConnectConfig(ctx, options.ConnConfig)
}

// database is one snapshot, and what was found in it so far.
type database struct {
	tx     pgx.Tx
	report Report
}

func (d *database) export(ctx context.Context, file io.Writer) error {
	if err := d.recognise(ctx); err != nil {
		return err
	}
	validators, err := d.validators(ctx)
	if err != nil {
		return unreadable(err)
	}
	out := eip3076.NewEncoder(file, d.report.GenesisValidatorsRoot)
	for _, v := range validators {
		low, found, err := d.watermark(ctx, v)
		if err != nil {
			return unreadable(err)
		}
		if !found {
			d.report.Empty++
			continue
		}
		d.report.Validators++
		if err := out.History(v.key, low, eip3076.Rows{Blocks: d.blocks(ctx, v), Attestations: d.attestations(ctx, v)}); err != nil {
			return unreadable(err)
		}
	}
	return out.Close()
}

// recognise refuses what is not the database that it should be.
func (d *database) recognise(ctx context.Context) error {
	var known bool
	err := d.tx.QueryRow(ctx, `SELECT to_regclass('database_version') IS NOT NULL AND to_regclass('signed_attestations') IS NOT NULL`).Scan(&known)
	if err != nil {
		return unreadable(err)
	}
	if !known {
		return fmt.Errorf("%w: it lacks its tables, or they are in another schema: name that with ?search_path=", ErrForeign)
	}
	var version int
	if err := d.tx.QueryRow(ctx, `SELECT version FROM database_version WHERE id = 1`).Scan(&version); err != nil {
		return unreadable(err)
	}
	if version != SchemaVersion {
		return fmt.Errorf("%w: %d, and only %d is understood: apply the migrations of Web3Signer up to it, or use its export: "+
			"web3signer eth2 export --to=FILE, and 'slashing import FILE'", ErrVersion, version, SchemaVersion)
	}
	return d.metadata(ctx)
}

func (d *database) metadata(ctx context.Context) error {
	r := &d.report
	var root []byte
	err := d.tx.QueryRow(ctx, `SELECT genesis_validators_root, high_watermark_slot::text, high_watermark_epoch::text FROM metadata WHERE id = 1`).
		Scan(&root, &r.HighSlot, &r.HighEpoch)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return unreadable(err)
	}
	if len(root) != len(r.GenesisValidatorsRoot) {
		return fmt.Errorf("%w: it names no genesis validators root, so it has signed nothing: there is nothing to import", ErrForeign)
	}
	r.GenesisValidatorsRoot = messages.Root(root)
	err = d.tx.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`).
		Scan(&r.Sessions)
	return unreadable(err)
}

// unreadable adds what to do, where there is something to say, to an error of the database.
func unreadable(err error) error {
	if err == nil {
		return nil
	}
	advice := ""
	switch postgresdb.Code(err) {
	case "3D000":
		advice = "name the database that Web3Signer uses"
	case "42501":
		advice = "name a role that may read all of its tables"
	case "", "28P01", "28000":
		advice = postgresdb.Advice(err, "")
	}
	if advice != "" {
		return fmt.Errorf("%w: %s: %w", ErrUnreadable, advice, err)
	}
	return fmt.Errorf("%w: %w", ErrUnreadable, err)
}
