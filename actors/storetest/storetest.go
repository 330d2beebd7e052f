// Package storetest says whether tests may start servers, and finds what they are made of. The packages beneath it start
// a real PostgreSQL and the emulator of DynamoDB for the tests of any store.
//
// # Decisions
//
// A test that needs a server fails where there is none. Whoever cannot have it says so by CHAMBER_TEST_SERVERS=off, as
// 'make test-core' does: a suite that skips by itself tests nothing one day, and nobody notices.
package storetest

import (
	"os"
	"path/filepath"
	"testing"
)

// Needs skips the test where no servers are wanted.
func Needs(t testing.TB, server string) {
	t.Helper()
	if os.Getenv("CHAMBER_TEST_SERVERS") == "off" {
		t.Skipf("this test needs %s, and CHAMBER_TEST_SERVERS is off", server)
	}
}

// Root is the checkout's top directory.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("this test runs outside of the checkout")
		}
		dir = parent
	}
}
