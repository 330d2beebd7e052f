package main

import (
	"context"
	"io"
	"os"
)

// Obtain gets a secret that a flag tells of, and shows it.
func Obtain(env []string, stderr io.Writer, from string, exact bool) (string, error) {
	j := &job{process: process{env: env, stderr: stderr}, ctx: context.Background()}
	secret, err := j.obtain(wanted{flag: "secret", from: from, exact: exact})
	defer secret.Wipe()
	var text string
	secret.Use(func(b []byte) { text = string(b) })
	return text, err
}

// Typed asks at a terminal, perhaps twice.
func Typed(ctx context.Context, tty *os.File, twice bool) (string, error) {
	text, err := typed(ctx, tty, wanted{prompt: "Secret", twice: twice})
	return string(text), err
}

// ExitCode is what the program exits with after an error.
func ExitCode(err error) int { return report(io.Discard, err) }

// ReadLine reads what is typed.
func ReadLine(from io.Reader) (string, error) {
	text, err := readLine(from)
	return string(text), err
}
