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

// newLogger logs to w, which writes to standard error: standard output belongs to what a command was asked for. Close the
// log writer at the end.
func newLogger(j *job, cfg config.Logging, w io.Writer) (*slog.Logger, *logWriter, error) {
	terminal := isTerminal(j.stderr)
	color := cfg.LogColor
	if color == nil && hasVariable(j.env, "NO_COLOR") { // https://no-color.org
		color = new(bool)
	}
	lines := newLogWriter(w)
	log, err := telemetry.NewLogger(telemetry.LogConfig{
		Writer: lines, Format: cfg.Format, Color: color, Level: cfg.Level, Terminal: terminal,
		Later: lines.later,
	})
	if err != nil {
		lines.close()
		return nil, nil, err
	}
	tell := func(lost uint64) { log.Error("log lines were lost, nobody read them in time", "lines", lost) }
	lines.lost.Store(&tell)
	return log, lines, nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func hasVariable(env []string, name string) bool {
	return slices.ContainsFunc(env, func(v string) bool { return len(v) > len(name)+1 && v[:len(name)+1] == name+"=" })
}
