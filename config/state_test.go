package config_test

import (
	"bytes"
	"strings"
	"testing"

	"containment-chamber/config"
)

func TestURLsOfStores(t *testing.T) {
	for flag, test := range map[string]struct{ good, bad []string }{
		"signer-state-url": {
			[]string{"", "postgres://u:p@h/d", "postgresql://h1,h2:5433/d?sslmode=verify-full", "postgres:///d?host=/run/postgresql"},
			[]string{"h/d", "mysql://h/d", "host=h dbname=d", "postgres://h:notaport/d"},
		},
		"aws-endpoint-url": {
			[]string{"", "http://127.0.0.1:4566", "https://vpce.example.com"},
			[]string{"127.0.0.1:4566", "ftp://h", "https://", "https://user:secret@h"},
		},
	} {
		for _, value := range test.good {
			if _, err := config.Load(config.Options{Flags: map[string]string{flag: value}}); err != nil {
				t.Errorf("%s %q: %v", flag, value, err)
			}
		}
		for _, value := range test.bad {
			if _, err := config.Load(config.Options{Flags: map[string]string{flag: value}}); err == nil || !strings.Contains(err.Error(), "must be a URL such as") {
				t.Errorf("%s %q: %v", flag, value, err)
			}
		}
	}
}

func TestDatabaseURLIsNotShown(t *testing.T) {
	c, err := config.Load(config.Options{Flags: map[string]string{"signer-state-url": "postgres://u:s3cret@h/d"}})
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	if err := c.Effective(&shown); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(shown.String(), "s3cret") || strings.Count(shown.String(), `url: "********" # flag`) != 1 || strings.Count(shown.String(), `url: "" # default`) != 2 {
		t.Errorf("got %s", shown.String())
	}
}
