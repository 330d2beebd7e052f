package postgresdb

import (
	"context"
	"crypto/x509"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Code is the SQLSTATE of an error; "" when the server has not said any.
func Code(err error) string {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}

// Transient tells errors that pass: those of connections, and those by which a server says that it restarts, fails over
// or is overloaded.
func Transient(err error) bool {
	if errors.Is(err, context.Canceled) {
		return false
	}
	code := Code(err)
	if code == "" {
		return true
	}
	switch code[:min(2, len(code))] {
	case "08", "40", "53", "57": // connection, rollback, resources, intervention of the operator
		return true
	}
	return code == "55P03" // lock not available
}

// Advice says what to do about an error of a database in which the schema is ours, as the beginning of a sentence; "" when
// there is nothing to say.
func Advice(err error, schema string) string {
	if code := Code(err); code != "" {
		return adviceOnCode(code, schema)
	}
	var (
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
	)
	text := err.Error()
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of the server is not valid at this time: renew it, or set the clock"
	case errors.As(err, &authority):
		return "nobody known has signed the certificate of the server: name its authority in the URL, with sslrootcert"
	case errors.As(err, &host):
		return "the certificate of the server is for another name: connect by a name that it has"
	case strings.Contains(text, "server refused TLS connection"):
		return "the server has no TLS: turn it on there, or add sslmode=disable to the URL"
	case strings.Contains(text, "tls: expired certificate"):
		return "the server refuses the client certificate, which has expired: renew it"
	case strings.Contains(text, "read only connection"):
		return "the server takes no writes: name the primary, or all hosts"
	}
	return ""
}

// adviceOnCode says what to do about an SQLSTATE.
func adviceOnCode(code, schema string) string {
	switch code {
	case "28P01", "28000":
		return "the server refuses the user: check the URL, and pg_hba.conf"
	case "3D000":
		return "create the database first"
	case "42501":
		return "the role lacks a permission: 'CREATE SCHEMA " + schema + " AUTHORIZATION ROLE' gives it a place of its own"
	case "25006":
		return "the server takes no writes: name the primary, or all hosts"
	case "42P01", "42703", "3F000":
		return "the schema " + schema + " was changed under the signer: put it back, or restart the signer"
	case "53100":
		return "the disk of the server is full: make room"
	case "53300":
		return "the server has no connection left: lower pool_size, or raise its max_connections"
	case "55P03":
		return "another client holds a lock for too long"
	case "57014":
		return "the server is too slow"
	case "57P01", "57P02", "57P03":
		return "the server is starting or stopping"
	}
	return ""
}
