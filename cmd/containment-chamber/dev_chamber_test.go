package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDevChambersThatDoNotOpen: they are named at once, with what is wrong and what to do.
func TestDevChambersThatDoNotOpen(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		lost []string
		want string // nothing: it opens all the same
	}{
		"one key file lost":         {[]string{"kek-3.key"}, ""},
		"two key files lost":        {[]string{"kek-1.key", "kek-3.key"}, "no such file or directory"},
		"another chamber's keys":    {[]string{"state.sqlite", "state.sqlite-wal", "state.sqlite-shm"}, "sealed under the master key of another chamber"},
		"keys lost":                 {[]string{"keys.sqlite", "keys.sqlite-wal", "keys.sqlite-shm"}, ""},
		"management token deserted": {[]string{"management.token"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			first := start(t, dir)
			first.stop(t, syscall.SIGTERM, 0)
			for _, file := range test.lost {
				if err := os.Remove(filepath.Join(dir, "dev-data", file)); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			again, err := begin(dir, "--dev", "--server-listen-port=0", "--metrics-listen-port=0")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(again.kill)
			if test.want == "" {
				if err := again.awaitReady(); err != nil {
					t.Fatal(err)
				}
				again.sign(t, devKey(0), block(9, 1)).expect(t, 200, "0x")
				return
			}
			code, err := again.end()
			log := strings.Join(again.log, "\n")
			_, said, _ := strings.Cut(log, "containment-chamber: the chamber in ./dev-data: ")
			if err != nil || code != 1 || !strings.Contains(said, test.want) || !strings.HasSuffix(said, "; to begin anew, delete ./dev-data") {
				t.Errorf("exit code %d, %v: %s", code, err, log)
			}
		})
	}
}
