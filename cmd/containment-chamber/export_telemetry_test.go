package main

import (
	"context"
	"io"
	nethttp "net/http"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/config"
	"containment-chamber/http"
	"containment-chamber/messages"
)

// LogWriter is logWriter.
type LogWriter = logWriter

// NewLogWriter starts one that tells what it lost to log.
func NewLogWriter(to io.Writer, lost func(lines uint64)) *LogWriter {
	w := newLogWriter(to)
	w.lost.Store(&lost)
	return w
}

// Log logs a line.
func (w *logWriter) Log(line string) { w.later(func() { _, _ = w.Write([]byte(line)) }) }

// Fail logs a line that panics when it is composed.
func (w *logWriter) Fail() { w.later(func() { panic("no line") }) }

// Close is close.
func (w *logWriter) Close() { w.close() }

// Inside is the program, running in the test's process.
type Inside struct {
	signer *signer
	deaf   func() // ends the reaction to SIGUSR1
}

// Store wraps the slashing-protection store.
type Store func(eip3076.Recorder) eip3076.Recorder

// StartInside starts the server with these flags, and returns when it is ready to sign.
func StartInside(ctx context.Context, stderr io.Writer, flags map[string]string, wrap Store) (*Inside, error) {
	cfg, err := config.Load(config.Options{Flags: flags})
	if err != nil {
		return nil, err
	}
	s, err := newSigner(&job{process: process{stdout: io.Discard, stderr: stderr}, ctx: ctx, flags: flags}, cfg)
	if err != nil {
		return nil, err
	}
	open := s.parts.chamber.Slashing.Open
	s.parts.chamber.Slashing.Open = func(ctx context.Context) (eip3076.Recorder, error) {
		store, err := open(ctx)
		if err != nil {
			return nil, err
		}
		return wrap(store), nil
	}
	return &Inside{s, s.reopenOnSignal()}, s.start(ctx)
}

// Stop ends it.
func (i *Inside) Stop() error {
	defer i.signer.lines.close()
	defer i.deaf()
	return i.signer.stop()
}

// API and Metrics are the URLs.
func (i *Inside) API() string     { return "http://" + i.signer.api.Address() }
func (i *Inside) Metrics() string { return "http://" + i.signer.scrape.Address() }

// Crash panics an actor.
func (i *Inside) Crash(path string) bool { return i.signer.system.Crash(path) }

// Hang has an actor do nothing for a while.
func (i *Inside) Hang(path string, d time.Duration) bool { return i.signer.system.Hang(path, d) }

// ReopenAudit does what SIGUSR1 does.
func (i *Inside) ReopenAudit() { i.signer.reopenAudit() }

// LoseMessage asks an actor that does not exist.
func (i *Inside) LoseMessage(ctx context.Context) error {
	_, err := actors.Ask(ctx, actors.Lookup[messages.Keys](i.signer.system, "chamber/nobody"), messages.GetKeyStatus{})
	return err
}

// AskStore asks the slashing actor how its store is, and waits for the answer.
func (i *Inside) AskStore(ctx context.Context) {
	_, _ = actors.Ask(ctx, i.signer.tree.Slashing, messages.GetSlashingHealth{})
}

// Broken is the API with a decoder that panics, observed as the real one is.
func (i *Inside) Broken() nethttp.Handler {
	return http.New(http.Config{
		Decode:       func([]byte) (messages.Duty, error) { panic("broken") },
		BatchAllowed: func(messages.Operation) bool { return true },
		Sign:         actors.Bind[messages.Sign](i.signer.tree.Signing),
		SignBatch:    actors.Bind[messages.SignBatch](i.signer.tree.Signing),
		Reload:       actors.Bind[messages.ReloadKeys](i.signer.tree.Keys),
		ReloadStatus: actors.Bind[messages.GetReloadStatus](i.signer.tree.Keys),
		PublicKeys:   i.signer.publicKeys, Health: i.signer.health,
		Observe: i.signer.system.Publish, ObserveError: i.signer.metrics.ObserveHTTPError,
	})
}
