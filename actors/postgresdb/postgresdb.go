// Package postgresdb is what all stores in PostgreSQL (version 13 or later) share: how a URL becomes a pool of
// connections, how a schema is brought up to date, which errors pass, and what to do about the others.
//
// # Decisions
//
// The URL is libpq's: it names several hosts if need be, and decides about TLS. Where neither it nor PGSSLMODE says
// anything, TLS is required (sslmode=require): libpq's own default falls back to plain text when anybody on the way asks
// for it. sslmode=verify-full also proves whom one talks to.
//
// Of several hosts the one that takes writes is used (target_session_attrs=read-write), because a standby may lag behind.
//
// Connections are not pinged before they are used: that would cost every call after a pause a round trip, and prove
// nothing about the moment after. Whoever uses one is prepared for its end.
package postgresdb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Config says which database.
type Config struct {
	// URL is libpq's, postgres://user:password@host/database?sslmode=verify-full. It holds a secret.
	URL string
	// PoolSize is the greatest number of connections, at least 1. 0 means 4.
	PoolSize int
	// ForceIPv4 connects to IPv4 addresses only.
	ForceIPv4 bool
	// ReadOnly makes sessions that cannot write, so that a standby will do.
	ReadOnly bool
	// Application names the connections in the server's own lists.
	Application string
	// ConnectTimeout bounds one attempt to connect to any of the hosts; each has its share.
	ConnectTimeout time.Duration
}

// Parse reads the URL and sets what it leaves open. Its error does not repeat the password.
func Parse(cfg Config) (*pgxpool.Config, error) {
	options, err := pgxpool.ParseConfig(withTLS(cfg.URL))
	if err != nil {
		return nil, redact(err)
	}
	options.MaxConns = int32(min(cmp.Or(max(cfg.PoolSize, 0), 4), math.MaxInt32))
	options.MaxConnIdleTime = 5 * time.Minute
	options.ShouldPing = func(context.Context, pgxpool.ShouldPingParams) bool { return false }
	c := options.ConnConfig
	if cfg.ReadOnly {
		c.RuntimeParams["default_transaction_read_only"] = "on"
	} else if c.ValidateConnect == nil {
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if share := cfg.ConnectTimeout / time.Duration(1+len(c.Fallbacks)); c.ConnectTimeout == 0 || c.ConnectTimeout > share {
		c.ConnectTimeout = share
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = cfg.Application
	}
	if cfg.ForceIPv4 {
		dial := c.DialFunc
		c.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
			if network == "tcp" {
				network = "tcp4"
			}
			return dial(ctx, network, address)
		}
	}
	return options, nil
}

// withTLS adds sslmode=require to a connection string that leaves it open. What is written twice, counts as written last.
func withTLS(dsn string) string {
	if os.Getenv("PGSSLMODE") != "" { //nolint:forbidigo // libpq's variables are read where its URL is, by pgx too
		return dsn
	}
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return "sslmode=require " + dsn
	}
	before, query, _ := strings.Cut(dsn, "?")
	if values, err := url.ParseQuery(query); err != nil || values.Has("sslmode") {
		return dsn
	}
	return before + "?sslmode=require&" + query
}

// redact leaves of an error what surely holds nothing of the URL.
func redact(err error) error {
	var fault *pgconn.ParseConfigError
	if errors.As(err, &fault) {
		return errors.New("it must look like postgres://user:password@host:5432/database?sslmode=verify-full")
	}
	return errors.New("it is not understood")
}

// Place is the database as errors name it, without a secret.
func Place(options *pgxpool.Config) string {
	c := options.ConnConfig
	return fmt.Sprintf("database %s at %s", c.Database, net.JoinHostPort(c.Host, fmt.Sprint(c.Port)))
}
