package main

import (
	"io"
	"log/slog"
	"os"
	"slices"

	"golang.org/x/term"

	"containment-chamber/config"
	"containment-chamber/telemetry"
)

// newLogger logs to w, which writes to standard error: standard output belongs to what a command was asked for.
func newLogger(j *job, cfg config.Logging, w io.Writer) (*slog.Logger, error) {
	terminal := isTerminal(j.stderr)
	color := cfg.LogColor
	if color == nil && hasVariable(j.env, "NO_COLOR") { // https://no-color.org
		color = new(bool)
	}
	return telemetry.NewLogger(telemetry.LogConfig{
		Writer: w, Format: cfg.Format, Color: color, Level: cfg.Level, Terminal: terminal,
	})
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func hasVariable(env []string, name string) bool {
	return slices.ContainsFunc(env, func(v string) bool { return len(v) > len(name)+1 && v[:len(name)+1] == name+"=" })
}
