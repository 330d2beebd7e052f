package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"containment-chamber/actors/postgresdb"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// attempts is how often a call is tried: the second time mends a connection that had died, the third one that was made
// while the server was going away.
const attempts = 3

// pause is how long the second attempt waits at most; the third waits twice as long.
const pause = 50 * time.Millisecond

// parse reads the URL and decides about sessions.
func parse(cfg Config) (*pgxpool.Config, error) {
	options, err := postgresdb.Parse(postgresdb.Config{
		URL: cfg.URL, PoolSize: cfg.PoolSize, ForceIPv4: cfg.ForceIPv4,
		Application: "containment-chamber slashing protection", ConnectTimeout: cfg.Timeout / 4,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: the URL of the slashing-protection store cannot be read: %w", messages.ErrStoreUnavailable, err)
	}
	options.ConnConfig.Tracer, options.ConnConfig.OnNotice = cfg.Tracer, heed
	options.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, settle, pgx.QueryExecModeExec, fmt.Sprint(cfg.Timeout.Milliseconds()), fmt.Sprint(cfg.Timeout.Milliseconds()/2))
		return err
	}
	return options, nil
}

// settle makes a session what every statement here relies upon, whatever the server, the database or the role has as its
// default.
const settle = `
SELECT set_config('default_transaction_isolation', 'read committed', false),
	set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false),
	set_config('lock_timeout', $2, false), ` + everLasts

// persist tries a few times what may fail because a connection has ended. Each attempt has half of the time that is left,
// so that one which is never answered leaves room for another.
func (s *Store) persist(ctx context.Context, attempt func(context.Context) error) error {
	for n := 1; ; n++ {
		err := s.attempt(ctx, attempt)
		if err == nil || n == attempts || !passes(err) {
			return err
		}
		s.pool.Reset() // one connection that ended is seldom the only one
		select {
		case <-time.After(time.Duration(n)*pause/2 + rand.N(time.Duration(n)*pause/2)):
		case <-ctx.Done():
			return err
		}
	}
}

func (s *Store) attempt(ctx context.Context, attempt func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/2)
		defer cancel()
	}
	return attempt(ctx)
}

// The SQLSTATEs that another attempt may not meet, beside those that always pass.
const (
	uniqueViolation = "23505" // a head that did not tell the truth: read the rows
	readOnly        = "25006" // the primary has become a standby: connect anew
)

func passes(err error) bool {
	var (
		same  lasting
		other elsewhere
	)
	if isVerdict(err) || errors.As(err, &same) || errors.As(err, &other) {
		return false
	}
	code := postgresdb.Code(err)
	return postgresdb.Transient(err) || code == uniqueViolation || code == readOnly
}

// explain adds the sentinel, the database, and what its owner can do. Errors that are not of storage stay as they are.
func (s *Store) explain(err error) error {
	var other elsewhere
	switch {
	case err == nil:
		return nil
	case errors.As(err, &other):
		return other.error
	case isVerdict(err):
		return err
	}
	reason := postgresdb.Advice(err, "chamber_slashing")
	if reason != "" {
		err = fmt.Errorf("%s: %w", reason, err)
	}
	var stays lasting
	if errors.As(err, &stays) { // in our own words, but for the names of tables that are not ours
		reason, _, _ = strings.Cut(stays.Error(), ": [")
	}
	return messages.StoreFault{Reason: reason, Err: fmt.Errorf("%w: %s: %w", messages.ErrStoreUnavailable, s.place, err)}
}

// lasting is an error of storage that another attempt would meet again.
type lasting struct{ error }

// elsewhere is an error of something else than storage: of a file that is read or written.
type elsewhere struct{ error }

// isVerdict tells errors that are about the history from those of storage.
func isVerdict(err error) bool {
	for _, sentinel := range []error{eip3076.ErrNoChain, messages.ErrMalformed, messages.ErrWrongNetwork, messages.ErrRowRefused, messages.ErrStoreRegressed} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}
