package highwater_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/highwater"
	"containment-chamber/messages"
)

var (
	chain = messages.Root{1}
	reach = map[messages.PublicKey]eip3076.Floor{{1}: {Slot: 5, Source: 1, Target: 3}, {2}: {Target: 1<<63 - 1}}
)

func written(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "high water")
	if err := highwater.Write(path, chain, reach); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRoundTrip(t *testing.T) {
	path := written(t)
	for range 2 { // the second replaces the first
		_, got, err := highwater.Read(path, chain)
		if err != nil || !maps.Equal(got, reach) {
			t.Errorf("%v, %v", got, err)
		}
		if err := highwater.Write(path, chain, reach); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 {
		t.Errorf("%v, %v", files, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, got, err := highwater.Read(path+".none", chain); err != nil || len(got) != 0 {
		t.Errorf("none: %v, %v", got, err)
	}
	if err := highwater.Write(filepath.Join(path, "below a file"), chain, reach); err == nil {
		t.Error("written below a file")
	}
}

func TestRefusesWhatItDidNotWrite(t *testing.T) {
	text, err := os.ReadFile(written(t))
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	for name, c := range map[string]struct{ text, want string }{
		"empty":     {"", "no high-water file of a version"},
		"other":     {"hello\n", "no high-water file of a version"},
		"version 2": {strings.Replace(whole, "water 1", "water 2", 1), "no high-water file of a version"},
		"cut short": {whole[:len(whole)-5], "it is damaged"},
		"line gone": {strings.Replace(whole, "\n0x02", "\n0x03", 1), "it is damaged"},
		"longer":    {whole + "\n", "it is damaged"},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := highwater.Read(path, chain); !errors.Is(err, highwater.ErrRefused) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "move it away") {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := written(t)
	if _, _, err := highwater.Read(path, messages.Root{2}); !errors.Is(err, highwater.ErrRefused) || !strings.Contains(err.Error(), "name another file") {
		t.Errorf("another chain: %v", err)
	}
	if of, got, err := highwater.Read(path, messages.Root{}); err != nil || of != chain || len(got) != 2 {
		t.Errorf("no chain configured: %v, %v", got, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("containment-chamber high water 1\n"))
	path := filepath.Join(f.TempDir(), "file")
	if err := highwater.Write(path, chain, reach); err != nil {
		f.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := highwater.Read(path, chain); err != nil && !errors.Is(err, highwater.ErrRefused) {
			t.Error(err)
		}
	})
}
