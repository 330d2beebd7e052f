package storetest_test

import (
	"os"
	"path/filepath"
	"testing"

	"containment-chamber/actors/storetest"
)

func TestServersThatAreOffSkipTheTest(t *testing.T) {
	t.Setenv("CHAMBER_TEST_SERVERS", "off")
	t.Run("skipped", func(t *testing.T) {
		defer func() {
			if !t.Skipped() {
				t.Error("it went on")
			}
		}()
		storetest.Needs(t, "a server")
	})
	t.Setenv("CHAMBER_TEST_SERVERS", "")
	if ok := t.Run("runs", func(t *testing.T) { storetest.Needs(t, "a server") }); !ok {
		t.Error("it did not run")
	}
}

func TestRoot(t *testing.T) {
	if _, err := os.Stat(filepath.Join(storetest.Root(t), "actors", "storetest", "storetest.go")); err != nil {
		t.Error(err)
	}
}
