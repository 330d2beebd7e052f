package main_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	program "containment-chamber/cmd/containment-chamber"
)

// terminal returns the two ends of a pseudo-terminal: the user's and the program's.
func terminal(t *testing.T) (user, tty *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	return user, tty
}

func echoes(t *testing.T, tty *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// dialog is a program that asks at a terminal, and a user who answers.
type dialog struct {
	*testing.T
	user   *os.File
	tty    *os.File
	seen   *bufio.Reader
	cancel context.CancelFunc
	got    chan struct {
		text string
		err  error
	}
}

func ask(t *testing.T, twice bool) *dialog {
	t.Helper()
	d := &dialog{T: t}
	d.user, d.tty = terminal(t)
	d.seen = bufio.NewReader(d.user)
	d.got = make(chan struct {
		text string
		err  error
	}, 1)
	ctx, cancel := context.WithCancel(t.Context())
	d.cancel = cancel
	go func() {
		text, err := program.Typed(ctx, d.tty, twice)
		d.got <- struct {
			text string
			err  error
		}{text, err}
	}()
	return d
}

// answers waits for a prompt, and types. What the terminal shows until the next prompt, or the end, is the end of the line.
func (d *dialog) answers(prompt, text string) {
	d.Helper()
	if got, err := d.seen.ReadString(' '); err != nil || got != prompt {
		d.Fatalf("got prompt %q, %v, want %q", got, err, prompt)
	}
	if echoes(d.T, d.tty) {
		d.Error("the terminal echoes already when it asks")
	}
	fmt.Fprint(d.user, text)
}

// ends expects what was read, or an error, and that nothing was shown.
func (d *dialog) ends(text, problem string) {
	d.Helper()
	got := <-d.got
	switch {
	case problem == "" && (got.err != nil || got.text != text):
		d.Errorf("got %q, %v, want %q", got.text, got.err, text)
	case problem != "" && (got.err == nil || got.err.Error() != problem || got.text != ""):
		d.Errorf("got %q, %v, want an error: %s", got.text, got.err, problem)
	}
	if line, err := d.seen.ReadString('\n'); err != nil || strings.TrimSpace(line) != "" {
		d.Errorf("the terminal showed %q, %v", line, err)
	}
	if !echoes(d.T, d.tty) {
		d.Error("the terminal does not echo afterwards")
	}
}

func TestTypedSecretsAreNotShown(t *testing.T) {
	d := ask(t, false)
	d.answers("Secret: ", "correct horse\n")
	d.ends("correct horse", "")
}

func TestSecretsAreTypedTwice(t *testing.T) {
	for again, problem := range map[string]string{"correct horse": "", "correct house": "the two are not the same; nothing was sent"} {
		d := ask(t, true)
		d.answers("Secret: ", "correct horse\n"+again+"\n") // at once, as programs do
		for _, want := range []string{"\r\nSecret, ", "again: "} {
			if got, err := d.seen.ReadString(' '); err != nil || got != want {
				t.Fatalf("the terminal showed %q, %v, want %q", got, err, want)
			}
		}
		d.ends("correct horse", problem)
	}
}

func TestEndOfInputAtAPrompt(t *testing.T) {
	d := ask(t, false)
	d.answers("Secret: ", "\x04")
	d.ends("", "nothing was typed; nothing was sent")
}

func TestTerminalEchoesAgainAfterAnInterrupt(t *testing.T) {
	d := ask(t, false)
	d.answers("Secret: ", "half a sec")
	d.cancel()
	d.ends("", "interrupted; nothing was sent")
	fmt.Fprintln(d.user) // lets the reader go
}
