package sqlite

import (
	"context"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func hold(t *testing.T, s *Store, f func(*connection)) {
	t.Helper()
	c, err := s.take(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { s.turn <- c }()
	f(c)
}

// MakeReadOnly lets SQLite refuse to write, as it does on a volume that was mounted anew for reading only.
func MakeReadOnly(t *testing.T, s *Store) {
	t.Helper()
	hold(t, s, func(c *connection) {
		if _, err := c.row("PRAGMA query_only = ON"); err != nil {
			t.Fatal(err)
		}
	})
}

// LoseSummary makes the store believe that a validator has signed nothing.
func LoseSummary(t *testing.T, s *Store, key messages.PublicKey) {
	t.Helper()
	hold(t, s, func(c *connection) { c.validators[key].Summary = eip3076.Summary{} })
}

// Summary returns what the store knows of a validator: as kept, and as read anew.
func Summary(t *testing.T, s *Store, key messages.PublicKey) (kept, read eip3076.Summary) {
	t.Helper()
	hold(t, s, func(c *connection) {
		before, err := c.validator(key)
		if err != nil {
			t.Fatal(err)
		}
		c.forget()
		after, err := c.validator(key)
		if err != nil {
			t.Fatal(err)
		}
		kept, read = before.Summary, after.Summary
	})
	return kept, read
}

// Transact runs f in a transaction, with a way to run statements in it.
func Transact(ctx context.Context, s *Store, f func(exec func(text string) error) error) error {
	return s.transact(ctx, func(c *connection) error {
		return f(func(text string) error {
			_, err := c.exec(text)
			return err
		})
	})
}

// Edit changes one row behind the store's back, whatever constraints it breaks.
func Edit(t *testing.T, s *Store, text string) {
	t.Helper()
	hold(t, s, func(c *connection) {
		if _, err := c.row("PRAGMA ignore_check_constraints = ON"); err != nil {
			t.Fatal(err)
		}
		if n, err := c.exec(text); err != nil || n != 1 {
			t.Fatalf("%s: %d rows, %v", text, n, err)
		}
		if _, err := c.row("PRAGMA ignore_check_constraints = OFF"); err != nil {
			t.Fatal(err)
		}
	})
}

// Path returns the store's file.
func Path(s *Store) string { return s.path }

// Unavailable wraps an error of storage.
var Unavailable = unavailable
