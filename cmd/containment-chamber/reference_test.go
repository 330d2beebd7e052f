package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDereference(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"mine": 0o600, "read-only": 0o400, "everyone's": 0o644, "the group's": 0o640} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("hidden "+name), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil { // whatever the umask
			t.Fatal(err)
		}
	}
	env := []string{"A=hidden a", "EMPTY=", "B=with = sign"}
	for _, test := range []struct {
		reference, want, err string
		warns                bool
	}{
		{reference: "file:" + dir + "/mine", want: "hidden mine"},
		{reference: "file:" + dir + "/read-only", want: "hidden read-only"},
		{reference: "file:" + dir + "/everyone's", want: "hidden everyone's", warns: true},
		{reference: "file:" + dir + "/the group's", want: "hidden the group's", warns: true},
		{reference: "file:" + dir + "/gone", err: "no such file"},
		{reference: "file:" + dir, err: "is a directory"},
		{reference: "env:A", want: "hidden a"},
		{reference: "env:B", want: "with = sign"},
		{reference: "env:C", err: "no variable C in the environment"},
		{reference: "env:EMPTY", want: ""},
		{reference: "file:/dev/zero", err: "at most 4096 bytes"},
	} {
		var out bytes.Buffer
		got, err := dereference(test.reference, env, warning(slog.New(slog.NewTextHandler(&out, nil))))
		if string(got) != test.want || (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) {
			t.Errorf("%s: got %q, %v", test.reference, got, err)
		}
		if warned := strings.Contains(out.String(), "chmod"); warned != test.warns || strings.Contains(out.String(), "hidden") {
			t.Errorf("%s: logged %s", test.reference, out.String())
		}
	}
}
