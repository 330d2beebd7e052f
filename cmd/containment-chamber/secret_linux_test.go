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

func TestTypedSecretsAreNotShown(t *testing.T) {
	user, tty := terminal(t)
	seen := bufio.NewReader(user)
	type answer struct {
		text string
		err  error
	}
	answers := make(chan answer)
	go func() {
		text, err := program.Typed(t.Context(), tty)
		answers <- answer{text, err}
	}()
	prompt, err := seen.ReadString(' ')
	if err != nil || prompt != "Secret: " {
		t.Fatalf("got prompt %q, %v", prompt, err)
	}
	for echoes(t, tty) { // the prompt comes first
	}
	fmt.Fprint(user, "correct horse\n")
	if got := <-answers; got.err != nil || got.text != "correct horse" {
		t.Errorf("got %q, %v", got.text, got.err)
	}
	if line, err := seen.ReadString('\n'); err != nil || strings.TrimSpace(line) != "" {
		t.Errorf("the terminal showed %q, %v", line, err)
	}
	if !echoes(t, tty) {
		t.Error("the terminal does not echo afterwards")
	}
}

func TestTerminalEchoesAgainAfterAnInterrupt(t *testing.T) {
	user, tty := terminal(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := program.Typed(ctx, tty)
		ended <- err
	}()
	for echoes(t, tty) {
	}
	cancel()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
	if !echoes(t, tty) {
		t.Error("the terminal does not echo afterwards")
	}
	fmt.Fprintln(user) // lets the reader go
}
