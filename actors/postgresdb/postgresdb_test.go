package postgresdb_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors/postgresdb"
)

func TestParseRequiresTLSUnlessToldOtherwise(t *testing.T) {
	for dsn, plain := range map[string]bool{
		"postgres://u@h/d":                                   false,
		"postgres://u@h/d?connect_timeout=3":                 false,
		"host=h user=u dbname=d":                             false,
		"postgres://u@h/d?sslmode=disable":                   true,
		"postgresql://u@h/d?connect_timeout=3&sslmode=allow": true,
		"host=h user=u dbname=d sslmode=disable":             true,
	} {
		t.Setenv("PGSSLMODE", "")
		options, err := postgresdb.Parse(postgresdb.Config{URL: dsn, ConnectTimeout: time.Second})
		if err != nil {
			t.Fatalf("%s: %v", dsn, err)
		}
		found := options.ConnConfig.TLSConfig == nil
		for _, f := range options.ConnConfig.Fallbacks {
			found = found || f.TLSConfig == nil
		}
		if found != plain {
			t.Errorf("%s: plain text is possible: %v", dsn, found)
		}
	}
	t.Setenv("PGSSLMODE", "disable")
	if options, err := postgresdb.Parse(postgresdb.Config{URL: "postgres://u@h/d"}); err != nil || options.ConnConfig.TLSConfig != nil {
		t.Errorf("PGSSLMODE is not heeded: %v", err)
	}
}

func TestParseSetsWhatIsLeftOpen(t *testing.T) {
	options, err := postgresdb.Parse(postgresdb.Config{URL: "postgres://u:secret@a,b:7/d", PoolSize: 9, Application: "test", ConnectTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	c := options.ConnConfig
	if options.MaxConns != 9 || c.ConnectTimeout != time.Second/2 || c.RuntimeParams["application_name"] != "test" || c.ValidateConnect == nil {
		t.Errorf("got %d connections, %v, %v", options.MaxConns, c.ConnectTimeout, c.RuntimeParams)
	}
	if place := postgresdb.Place(options); place != "database d at a:5432" {
		t.Errorf("got %q", place)
	}
	if options, err = postgresdb.Parse(postgresdb.Config{URL: "postgres://u@h/d"}); err != nil || options.MaxConns != 4 {
		t.Errorf("%d connections, %v", options.MaxConns, err)
	}
}

func TestParseForReading(t *testing.T) {
	options, err := postgresdb.Parse(postgresdb.Config{URL: "postgres://u@h/d", ReadOnly: true})
	if err != nil || options.ConnConfig.ValidateConnect != nil || options.ConnConfig.RuntimeParams["default_transaction_read_only"] != "on" {
		t.Errorf("got %v, %v", options.ConnConfig.RuntimeParams, err)
	}
}

func TestParseNeverRepeatsASecret(t *testing.T) {
	_, err := postgresdb.Parse(postgresdb.Config{URL: "postgres://user:s3cret@host:notaport/x"})
	if err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "must look like postgres://") {
		t.Errorf("got %v", err)
	}
}

func TestForceIPv4(t *testing.T) {
	six, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Skip("this machine has no IPv6")
	}
	defer six.Close()
	for force, reachable := range map[bool]bool{false: true, true: false} {
		options, err := postgresdb.Parse(postgresdb.Config{URL: "postgres://u@h/d", ForceIPv4: force})
		if err != nil {
			t.Fatal(err)
		}
		c, err := options.ConnConfig.DialFunc(context.Background(), "tcp", six.Addr().String())
		if (err == nil) != reachable {
			t.Errorf("forced %v: %v", force, err)
		}
		if err == nil {
			c.Close()
		}
	}
}
