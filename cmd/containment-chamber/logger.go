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

// newLogger logs to standard error: standard output belongs to what a command was asked for. Close the writer at the end.
func newLogger(j *job, cfg config.Logging) (*slog.Logger, *logWriter, error) {
	terminal := isTerminal(j.stderr)
	color := cfg.LogColor
	if color == nil && hasVariable(j.env, "NO_COLOR") { // https://no-color.org
		color = new(bool)
	}
	w := newLogWriter(j.stderr)
	log, err := telemetry.NewLogger(telemetry.LogConfig{
		Writer: w, Format: cfg.Format, Color: color, Level: cfg.Level, Terminal: terminal,
	})
	if err != nil {
		w.close()
		return nil, nil, err
	}
	tell := func(lines uint64) { log.Error("log lines were lost, nobody read them in time", "lines", lines) }
	w.lost.Store(&tell)
	return log, w, nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

func hasVariable(env []string, name string) bool {
	return slices.ContainsFunc(env, func(v string) bool { return len(v) > len(name)+1 && v[:len(name)+1] == name+"=" })
}
