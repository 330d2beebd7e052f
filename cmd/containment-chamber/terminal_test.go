package main_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	program "containment-chamber/cmd/containment-chamber"
)

func TestLinesAreRead(t *testing.T) {
	long := strings.Repeat("x", 4096)
	for name, test := range map[string]struct {
		from io.Reader
		want string // the line, or the whole error
		ok   bool
	}{
		"line":          {strings.NewReader("correct horse\n"), "correct horse", true},
		"in pieces":     {iotest.OneByteReader(strings.NewReader("correct horse\nmore")), "correct horse", true},
		"empty":         {strings.NewReader("\n"), "", true},
		"without end":   {strings.NewReader("correct horse"), "correct horse", true},
		"nothing":       {strings.NewReader(""), "nothing was typed; nothing was sent", false},
		"longest":       {strings.NewReader(long + "\n"), long, true},
		"too long":      {strings.NewReader(long + "x\n"), "a secret is of at most 4096 bytes; nothing was sent", false},
		"terminal lost": {io.MultiReader(strings.NewReader("corr"), iotest.ErrReader(errors.New("hung up"))), "hung up", false},
	} {
		got, err := program.ReadLine(test.from)
		if err != nil {
			got += err.Error()
		}
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%s: got %.100q, %v", name, got, err)
		}
	}
}
