package directory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	pipe, small := filepath.Join(dir, "pipe"), filepath.Join(dir, "small")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(small, []byte("1234"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path  string
		limit int64
		want  string
		err   string
	}{
		"all of it":     {small, 4, "1234", ""},
		"too large":     {small, 3, "", "file is too large: at most 3 bytes are read"},
		"missing":       {filepath.Join(dir, "gone"), 4, "", "file does not exist: correct the path, or mount what belongs there"},
		"a directory":   {dir, 1 << 20, "", "not a regular file"},
		"a pipe":        {pipe, 4, "", "not a regular file"},
		"below a file":  {filepath.Join(small, "x"), 4, "", "cannot be read: not a directory"},
		"name too long": {strings.Repeat("x", 300), 4, "", "cannot be read: file name too long"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := read(test.path, test.limit)
			message := ""
			if err != nil {
				message = err.Error()
			}
			if string(got) != test.want || message != test.err {
				t.Fatalf("got %q, %v", got, err)
			}
		})
	}
}

func TestExplainKeepsTheCause(t *testing.T) {
	for _, cause := range []error{fs.ErrNotExist, fs.ErrPermission, syscall.ELOOP} {
		err := explain(&fs.PathError{Op: "open", Path: "/a/path", Err: cause})
		if !errors.Is(err, cause) || strings.Contains(err.Error(), "/a/path") {
			t.Errorf("%v became %v", cause, err)
		}
	}
}
