package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	program "containment-chamber/cmd/containment-chamber"
)

func TestSecretsAreTakenFromWhereTheyAre(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return "file:" + path
	}
	env := []string{"TOKEN=cc-setup-x", "TOKEN2=other", "SPACED= a b \n", "PASTED= cc-x \n", "EMPTY=", "BLANK= \t", "BYTES=\xff\xfe"}
	for name, test := range map[string]struct {
		from  string
		exact bool
		want  string // the secret, or a part of what is wrong
		warn  string
		ok    bool
	}{
		"variable":         {from: "env:TOKEN", want: "cc-setup-x", ok: true},
		"pasted with more": {from: "env:PASTED", want: "cc-x", ok: true},
		"to the letter":    {from: "env:SPACED", exact: true, want: " a b \n", ok: true},
		"no variable":      {from: "env:TOKE", want: "no variable TOKE"},
		"empty variable":   {from: "env:EMPTY", want: "it is empty"},
		"blank variable":   {from: "env:BLANK", want: "it is empty"},
		"bytes":            {from: "env:BYTES", exact: true, want: "UTF-8"},
		"token of bytes":   {from: "env:BYTES", want: "one word"},
		"token of words":   {from: "env:SPACED", want: "one word"},
		"file":             {from: file("file", "secret", 0o600), exact: true, want: "secret", ok: true},
		"line":             {from: file("line", "a secret \n", 0o600), exact: true, want: "a secret ", ok: true},
		"line of Windows":  {from: file("crlf", "a secret\r\n", 0o600), exact: true, want: "a secret", ok: true},
		"two newlines":     {from: file("lines", "a secret\n\n", 0o600), exact: true, want: "a secret\n", ok: true},
		"longest":          {from: file("longest", strings.Repeat("x", 4096), 0o600), want: strings.Repeat("x", 4096), ok: true},
		"too long":         {from: file("long", strings.Repeat("x", 4097), 0o600), want: "at most 4096 bytes"},
		"open to others":   {from: file("open", "secret", 0o640), want: "secret", warn: "chmod 600", ok: true},
		"empty file":       {from: file("empty", "\n", 0o600), exact: true, want: "it is empty"},
		"no file":          {from: "file:" + dir + "/none", want: "no such file"},
		"directory":        {from: "file:" + dir, want: "is a directory"},
		"plain":            {from: "cc-setup-y", want: "cc-setup-y", warn: "everybody on this machine sees it", ok: true},
	} {
		var stderr bytes.Buffer
		got, err := program.Obtain(env, &stderr, test.from, test.exact)
		switch {
		case test.ok && (err != nil || got != test.want):
			t.Errorf("%s: got %q, %v, want %q", name, got, err, test.want)
		case !test.ok && (err == nil || !strings.Contains(err.Error(), test.want) || program.ExitCode(err) != 2):
			t.Errorf("%s: got %q, %v, want an error with %q", name, got, err, test.want)
		}
		if warned := stderr.String(); !strings.Contains(warned, test.warn) || test.warn == "" && warned != "" {
			t.Errorf("%s: warned %q, want %q", name, warned, test.warn)
		}
	}
}
