package main

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

var (
	errDiffer      = errors.New("the two are not the same; nothing was sent")
	errInterrupted = errors.New("interrupted; nothing was sent")
	errNothing     = errors.New("nothing was typed; nothing was sent")
)

// askFor asks at the terminal, whatever standard input and output are.
func (j *job) askFor(w wanted) ([]byte, error) {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, &exitError{exitUsage, errors.New("there is no terminal to ask at: give env:NAME or file:PATH")}
	}
	defer tty.Close()
	return typed(j.ctx, tty, w)
}

// typed asks at a terminal that shows nothing of what is typed, from before the first question on: people and programs
// answer at once. When ctx ends, the terminal echoes again before typed returns.
func typed(ctx context.Context, tty *os.File, w wanted) (text []byte, err error) {
	restore, err := silence(int(tty.Fd()))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, restore()) }()
	text, err = typedLine(ctx, tty, w.prompt)
	if err != nil || !w.twice {
		return text, err
	}
	again, err := typedLine(ctx, tty, w.prompt+", again")
	defer clear(again)
	if err == nil && subtle.ConstantTimeCompare(text, again) != 1 {
		err = errDiffer
	}
	if err != nil {
		clear(text)
		return nil, err
	}
	return text, nil
}

// silence has a terminal hand over whole lines without showing them.
func silence(fd int) (restore func() error, err error) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	silent := *before
	silent.Lflag = silent.Lflag&^unix.ECHO | unix.ICANON | unix.ISIG
	silent.Iflag |= unix.ICRNL
	if err := unix.IoctlSetTermios(fd, setTermios, &silent); err != nil {
		return nil, err
	}
	return func() error { return unix.IoctlSetTermios(fd, setTermios, before) }, nil
}

// typedLine asks once.
func typedLine(ctx context.Context, tty io.ReadWriter, prompt string) (text []byte, err error) {
	if ctx.Err() != nil {
		return nil, errInterrupted
	}
	if _, err := fmt.Fprintf(tty, "%s: ", prompt); err != nil {
		return nil, err
	}
	type line struct {
		text []byte
		err  error
	}
	lines := make(chan line, 1)
	go func() {
		text, err := readLine(tty)
		lines <- line{text, err}
	}()
	select {
	case l := <-lines:
		text, err = l.text, l.err
	case <-ctx.Done():
		err = errInterrupted // the reader ends with the process
	}
	_, problem := fmt.Fprintln(tty) // which the terminal has not shown either
	return text, errors.Join(err, problem)
}

// readLine reads a line of at most maxSecret bytes, without its end. The buffer does not grow, so that no copy is left
// behind; the caller wipes it.
func readLine(from io.Reader) ([]byte, error) {
	text := make([]byte, maxSecret+1)
	for n := 0; n < len(text); {
		got, err := from.Read(text[n:])
		if end := bytes.IndexByte(text[n:n+got], '\n'); end >= 0 {
			return text[:n+end], nil
		}
		n += got
		switch {
		case errors.Is(err, io.EOF) && n > 0: // Ctrl-D, twice, at the end of a line
			return text[:n], nil
		case errors.Is(err, io.EOF):
			return nil, errNothing
		case err != nil:
			clear(text)
			return nil, err
		}
	}
	clear(text)
	return nil, fmt.Errorf("a secret is of at most %d bytes; nothing was sent", maxSecret)
}
