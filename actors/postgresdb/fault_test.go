package postgresdb_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"containment-chamber/actors/postgresdb"
)

func refused(code string) error {
	return fmt.Errorf("wrapped: %w", &pgconn.PgError{Code: code, Message: "m"})
}

func TestTransient(t *testing.T) {
	for _, test := range []struct {
		err  error
		want bool
	}{
		{io.ErrUnexpectedEOF, true},
		{context.DeadlineExceeded, true},
		{context.Canceled, false},
		{refused("57P01"), true},
		{refused("40P01"), true},
		{refused("55P03"), true},
		{refused("53300"), true},
		{refused("28P01"), false},
		{refused("42P01"), false},
		{refused("23505"), false},
	} {
		if got := postgresdb.Transient(test.err); got != test.want {
			t.Errorf("%v: %v", test.err, got)
		}
	}
}

func TestAdvice(t *testing.T) {
	verification := func(err error) error {
		return fmt.Errorf("tls error: %w", &tls.CertificateVerificationError{Err: err})
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{refused("28P01"), "check the URL"},
		{refused("3D000"), "create the database"},
		{refused("42501"), "CREATE SCHEMA place AUTHORIZATION"},
		{refused("25006"), "takes no writes"},
		{refused("42P01"), "the schema place was changed"},
		{refused("53100"), "make room"},
		{refused("53300"), "max_connections"},
		{refused("55P03"), "holds a lock"},
		{refused("57014"), "too slow"},
		{refused("57P03"), "starting or stopping"},
		{verification(x509.CertificateInvalidError{Reason: x509.Expired, Cert: &x509.Certificate{}}), "renew it"},
		{verification(x509.UnknownAuthorityError{}), "sslrootcert"},
		{verification(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "h"}), "another name"},
		{errors.New("server refused TLS connection"), "sslmode=disable"},
		{errors.New("remote error: tls: expired certificate"), "client certificate"},
		{errors.New("read only connection"), "takes no writes"},
	} {
		if got := postgresdb.Advice(test.err, "place"); !strings.Contains(got, test.want) {
			t.Errorf("%v: got %q, want %q", test.err, got, test.want)
		}
	}
	for _, err := range []error{io.EOF, refused("XX000")} {
		if got := postgresdb.Advice(err, "place"); got != "" {
			t.Errorf("%v: %q", err, got)
		}
	}
}
