package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"containment-chamber/actors/state"
)

// transient tells errors that pass: those of connections, and those by which a server says that it restarts, fails over
// or is overloaded.
func transient(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return true
	}
	switch class := refused.Code[:min(2, len(refused.Code))]; class {
	case "08", "40", "53", "57": // connection, rollback, resources, intervention of the operator
		return true
	}
	return refused.Code == "55P03" // lock not available
}

// explain adds the database, what its owner can do, and the sentinel.
func (s *Store) explain(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		if advice := adviceOn(refused.Code); advice != "" {
			err = fmt.Errorf("%s: %w", advice, err)
		}
	}
	return state.At(s.place, err)
}

// adviceOn says what to do about an SQLSTATE.
func adviceOn(code string) string {
	switch code {
	case "28P01", "28000":
		return "the server refuses the user: check the URL, and pg_hba.conf"
	case "3D000":
		return "create the database first"
	case "42501":
		return "the role lacks a permission: 'CREATE SCHEMA chamber_state AUTHORIZATION ROLE' gives it a place of its own"
	case "25006":
		return "the server takes no writes: name the primary, or all hosts"
	case "42P01", "42703", "3F000":
		return "the schema chamber_state was changed under the signer: put it back, or restart the signer"
	case "53100":
		return "the disk of the server is full: make room"
	}
	return ""
}
