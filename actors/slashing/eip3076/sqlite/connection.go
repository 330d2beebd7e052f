package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"iter"
	"net/url"

	"github.com/mattn/go-sqlite3"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/sqlitefile"
	"containment-chamber/messages"
)

// connection is the one connection to the file, its prepared statements, and what is known of the file's content.
type connection struct {
	db         *sqlite3.SQLiteConn
	path       string
	statements map[string]*sqlite3.SQLiteStmt
	// chain is the genesis validators root; pinned says that the file has it too.
	chain   messages.Root
	pinned  bool
	marks   *eip3076.Marker
	witness *eip3076.Witness
	// validators holds what was read of a validator, or written in the present transaction. As the file is locked,
	// it stays true until a transaction fails, which empties it.
	validators map[messages.PublicKey]*validator
	// changed lists whose history the present transaction has changed.
	changed []messages.PublicKey
}

func connect(file *sqlitefile.File, cfg Config) (*connection, error) {
	name, err := file.Name(url.Values{
		"_mutex":        {"no"}, // one user at a time is what Store.turn ensures
		"_busy_timeout": {"0"},
		"_locking_mode": {"EXCLUSIVE"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"1"},
	})
	if err != nil {
		return nil, unavailable(cfg.Path, err)
	}
	opened, err := (&sqlite3.SQLiteDriver{}).Open(name)
	if err != nil {
		return nil, unavailable(cfg.Path, err)
	}
	c := &connection{path: cfg.Path, marks: cfg.Marks, witness: cfg.Witness, statements: make(map[string]*sqlite3.SQLiteStmt)}
	c.db = opened.(*sqlite3.SQLiteConn) // what this driver opens
	c.forget()
	return c, nil
}

// forget drops what was read, after a transaction failed or rows changed in bulk.
func (c *connection) forget() { c.validators = make(map[messages.PublicKey]*validator) }

func (c *connection) close() error {
	var errs []error
	for _, s := range c.statements {
		errs = append(errs, s.Close())
	}
	if err := errors.Join(append(errs, c.db.Close())...); err != nil {
		return unavailable(c.path, err)
	}
	return nil
}

// transact runs f between BEGIN and COMMIT. After any error, and after a panic, nothing of it remains.
func (c *connection) transact(ctx context.Context, f func(*connection) error) (err error) {
	if _, err := c.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	committed, chain, pinned := false, c.chain, c.pinned
	c.changed = c.changed[:0]
	defer func() {
		if !committed {
			c.chain, c.pinned = chain, pinned
			c.forget()
			err = errors.Join(err, c.rollback())
		}
	}()
	if err := f(c); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return unavailable(c.path, err)
	}
	if _, err := c.exec("COMMIT"); err != nil {
		return err
	}
	committed = true
	c.testify()
	return nil
}

// testify tells the witness what has become durable.
func (c *connection) testify() {
	if c.witness == nil {
		return
	}
	for _, key := range c.changed {
		if v, ok := c.validators[key]; ok {
			_ = c.witness.See(key, v.Reach()) // it was no lower before
		}
	}
}

// rollback ends the transaction, unless SQLite has done so by itself, as it does after some errors.
func (c *connection) rollback() error {
	if c.db.AutoCommit() {
		return nil
	}
	_, err := c.exec("ROLLBACK")
	return err
}

// statement prepares an SQL text once.
func (c *connection) statement(text string) (*sqlite3.SQLiteStmt, error) {
	if s, ok := c.statements[text]; ok {
		return s, nil
	}
	prepared, err := c.db.Prepare(text)
	if err != nil {
		return nil, unavailable(c.path, err)
	}
	s := prepared.(*sqlite3.SQLiteStmt) // what this driver prepares
	c.statements[text] = s
	return s, nil
}

// exec runs one statement and returns the number of rows that it changed.
func (c *connection) exec(text string, args ...driver.Value) (int, error) {
	s, err := c.statement(text)
	if err != nil {
		return 0, err
	}
	result, err := s.Exec(args)
	if err != nil {
		return 0, unavailable(c.path, err)
	}
	changed, err := result.RowsAffected()
	return int(changed), err
}

// rows runs one query. Each row is valid until the next; an error comes last.
func (c *connection) rows(text string, args ...driver.Value) iter.Seq2[[]driver.Value, error] {
	return func(yield func([]driver.Value, error) bool) {
		s, err := c.statement(text)
		if err != nil {
			yield(nil, err)
			return
		}
		rows, err := s.Query(args)
		if err != nil {
			yield(nil, unavailable(c.path, err))
			return
		}
		defer rows.Close() // the error would be that of the last Next
		row := make([]driver.Value, len(rows.Columns()))
		for {
			err := rows.Next(row)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, unavailable(c.path, err))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// row runs a query that has one row at most, and returns nil when there is none. Of several rows it is the last.
func (c *connection) row(text string, args ...driver.Value) ([]driver.Value, error) {
	var last []driver.Value
	for row, err := range c.rows(text, args...) {
		if err != nil {
			return nil, err
		}
		last = row
	}
	return last, nil
}
