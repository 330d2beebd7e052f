package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"containment-chamber/telemetry"
)

// newBar returns the progress bar of a terminal, and nil where standard error is none.
func newBar(stderr io.Writer) *telemetry.Bar {
	if !isTerminal(stderr) {
		return nil
	}
	return telemetry.NewBar(stderr, func() int { return columns(stderr.(*os.File)) })
}

// columns is the width of a terminal; 80 when it does not tell.
func columns(terminal *os.File) int {
	if width, _, err := term.GetSize(int(terminal.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

// showProgress shows how the loading of keys gets on: with a bar on a terminal, in the log elsewhere.
func (s *signer) showProgress() {
	if s.bar != nil {
		s.system.Observe(s.bar.Observe)
		return
	}
	s.system.Observe(telemetry.ProgressLog(s.log))
}
