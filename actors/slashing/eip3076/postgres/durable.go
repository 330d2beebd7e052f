package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// everLasts has every commit of a session wait for the disk, and for a synchronous standby if there is one. A commit that
	// the standby has not on disk would be missing after a failover, so what is weaker than 'on' is raised to it;
	// remote_apply is stronger, and stays.
	everLasts = "set_config('synchronous_commit', " + durable + ", false)"
	// lasts does so for one transaction: behind a pooler, each may have a session of which nobody has said so.
	lasts = "set_config('synchronous_commit', " + durable + ", true)"

	durable = "CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END"
)

// confirm makes the commit of a transaction that only reads wait as well, until what it has read is as durable as its own
// writing would be: a row is shown as soon as the wait of whoever wrote it was cut short, by a lost connection or a crash
// of the server, and the standby may not have it. An empty message in the log is writing enough.
const confirm = "SELECT " + lasts + ", pg_logical_emit_message(true, 'containment-chamber', '')"

// warning is where a connection keeps that the server has warned.
const warning = "warning"

// heed notes warnings. There is one that matters: that a commit which somebody has cancelled is done here, but perhaps not
// at the standby.
func heed(c *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized == "WARNING" {
		c.CustomData()[warning] = n.Message
	}
}

// certain calls f, which commits, with a connection. Whatever the server has warned of leaves its outcome unknown.
func (s *Store) certain(ctx context.Context, f func(*pgx.Conn) error) error {
	return s.pool.AcquireFunc(ctx, func(pooled *pgxpool.Conn) error {
		heard := pooled.Conn().PgConn().CustomData()
		delete(heard, warning)
		err := f(pooled.Conn())
		if text, warned := heard[warning]; warned && err == nil {
			return fmt.Errorf("the server warns: %v", text)
		}
		return err
	})
}

// send makes one trip, which is a transaction of its own.
func (s *Store) send(ctx context.Context, batch *pgx.Batch) error {
	// The commit is between the last result and the end of Close.
	return s.certain(ctx, func(c *pgx.Conn) error { return c.SendBatch(ctx, batch).Close() })
}

// transact runs f in a transaction.
func (s *Store) transact(ctx context.Context, options pgx.TxOptions, f func(pgx.Tx) error) error {
	return s.certain(ctx, func(c *pgx.Conn) error { return pgx.BeginTxFunc(ctx, c, options, f) })
}
