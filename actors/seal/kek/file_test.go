package kek_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"containment-chamber/actors/seal/kek"
)

var (
	secret  = []byte("a share of the outer key, 33 bytes")
	binding = kek.Binding{ChamberID: "chamber-1", Share: 2}
)

func parse(t testing.TB, text string) kek.Reference {
	t.Helper()
	r, err := kek.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t testing.TB, c kek.Config, reference string) kek.Key {
	t.Helper()
	key, err := kek.NewRing(c).Open(t.Context(), parse(t, reference))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func wrap(t testing.TB, key kek.Key, b kek.Binding) []byte {
	t.Helper()
	sealed, err := key.Wrap(t.Context(), secret, b)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func wantSecret(t testing.TB, key kek.Key, sealed []byte, b kek.Binding) {
	t.Helper()
	if got, err := key.Unwrap(t.Context(), sealed, b); err != nil || !bytes.Equal(got, secret) {
		t.Errorf("unwrapped %q, %v", got, err)
	}
}

// wantError expects one of the three errors, a text in it, and no secret.
func wantError(t testing.TB, err, want error, text string) {
	t.Helper()
	for _, kind := range []error{kek.ErrUnavailable, kek.ErrDenied, kek.ErrRejected} {
		if errors.Is(err, kind) != (kind == want) {
			t.Errorf("got %v, want: %v", err, want)
			return
		}
	}
	if !strings.Contains(err.Error(), text) || strings.Contains(err.Error(), string(secret)) {
		t.Errorf("got %q, want %q in it", err, text)
	}
}

func newFile(t testing.TB) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "kek")
	if err := kek.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFileWraps(t *testing.T) {
	path := newFile(t)
	key := open(t, kek.Config{}, "file:"+path)
	sealed := wrap(t, key, binding)
	wantSecret(t, key, sealed, binding)
	wantSecret(t, open(t, kek.Config{}, "file:"+path), sealed, binding)
	if again := wrap(t, key, binding); bytes.Equal(again, sealed) {
		t.Error("wrapped twice, the ciphertexts are equal")
	}
	if err := key.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if bytes.Contains(sealed, secret[:8]) {
		t.Error("the ciphertext shows the secret")
	}
}

func TestFileRejects(t *testing.T) {
	key := open(t, kek.Config{}, "file:"+newFile(t))
	sealed := wrap(t, key, binding)
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 1 << (i % 8)
		_, err := key.Unwrap(t.Context(), flipped, binding)
		wantError(t, err, kek.ErrRejected, "")
	}
	for name, test := range map[string]struct {
		sealed  []byte
		binding kek.Binding
		want    string
	}{
		"another chamber":  {sealed, kek.Binding{ChamberID: "chamber-2", Share: 2}, "another chamber or share"},
		"another share":    {sealed, kek.Binding{ChamberID: "chamber-1", Share: 3}, "another chamber or share"},
		"moved boundary":   {sealed, kek.Binding{ChamberID: " chamber-1", Share: 2}, "another chamber or share"},
		"nothing":          {nil, binding, "of 0 bytes"},
		"cut to no secret": {sealed[:29], binding, "of 29 bytes"},
		"cut by a byte":    {sealed[:len(sealed)-1], binding, "damaged"},
		"longer":           {append(bytes.Clone(sealed), 0), binding, "damaged"},
		"a version to be":  {append([]byte{2}, sealed[1:]...), binding, "version 2"},
		"too long":         {make([]byte, 5000), binding, "of 5000 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := key.Unwrap(t.Context(), test.sealed, test.binding)
			wantError(t, err, kek.ErrRejected, test.want)
			if got != nil {
				t.Errorf("an error, and %q", got)
			}
		})
	}
	_, err := open(t, kek.Config{}, "file:"+newFile(t)).Unwrap(t.Context(), sealed, binding)
	wantError(t, err, kek.ErrRejected, "another key")
}

func TestFileIsChecked(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, size int, mode fs.FileMode) {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, bytes.Repeat([]byte("k"), size), 0o600), os.Chmod(path, mode)); err != nil {
			t.Fatal(err)
		}
	}
	write("group", 32, 0o640)
	write("all", 32, 0o604)
	write("short", 31, 0o600)
	write("long", 33, 0o600)
	write("empty", 0, 0o600)
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"group": "chmod 600", "all": "mode 0604", "short": "32 random bytes", "long": "32 random bytes",
		"empty": "32 random bytes", "pipe": "regular file", ".": "regular file", "missing": "no such file",
	} {
		t.Run(name, func(t *testing.T) {
			key := open(t, kek.Config{}, "file:"+filepath.Join(dir, name))
			wantError(t, key.Check(t.Context()), kek.ErrDenied, want)
			sealed, err := key.Wrap(t.Context(), secret, binding)
			wantError(t, err, kek.ErrDenied, want)
			if sealed != nil {
				t.Errorf("an error, and %x", sealed)
			}
			_, err = key.Unwrap(t.Context(), make([]byte, 64), binding)
			wantError(t, err, kek.ErrRejected, "version 0") // whatever the file: it was not asked
			if strings.Contains(err.Error(), "kkk") {
				t.Errorf("%v: shows the key", err)
			}
		})
	}
	write("read-only", 32, 0o400)
	if err := open(t, kek.Config{}, "file:"+filepath.Join(dir, "read-only")).Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWriteFile(t *testing.T) {
	path := newFile(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != 32 {
		t.Errorf("mode %v, %d bytes, %v", info.Mode(), info.Size(), err)
	}
	before, _ := os.ReadFile(path)
	if other, _ := os.ReadFile(newFile(t)); bytes.Equal(before, other) {
		t.Error("two files hold one key")
	}
	if err := kek.WriteFile(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a key was overwritten: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file has changed")
	}
	if err := kek.WriteFile(filepath.Join(path, "below")); err == nil {
		t.Error("written beneath a file")
	}
}

func TestFileHeedsTheContext(t *testing.T) {
	key := open(t, kek.Config{}, "file:"+newFile(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := key.Check(ctx)
	wantError(t, err, kek.ErrUnavailable, "canceled")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it hides why: %v", err)
	}
}
