package main

import (
	"context"
	"io"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/config"
	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// Main is the program, which the test binary runs when it is called by the program's name.
func Main() { main() }

// ServeOn runs the server as the command line does, but on a given slashing-protection store. It returns the exit code.
func ServeOn(ctx context.Context, store eip3076.Recorder, stderr io.Writer, flags map[string]string) int {
	j := &job{process: process{stdout: io.Discard, stderr: stderr}, ctx: ctx, flags: flags}
	cfg, err := config.Load(config.Options{Flags: flags})
	if err != nil {
		return report(stderr, err)
	}
	s, err := newSigner(j, cfg)
	if err != nil {
		return report(stderr, err)
	}
	s.parts.chamber.Slashing.Open = func(context.Context) (eip3076.Recorder, error) { return store, nil }
	return report(stderr, s.serve(j))
}

// OpenState opens the signer state that is configured.
var OpenState = openState

// OpenHistory returns what opens the slashing-protection store that is configured. Its calls are traced unless tracing is nil.
func OpenHistory(cfg *config.Config, chain messages.Root, tracing *telemetry.Tracing) func(context.Context) (eip3076.Recorder, error) {
	return (&signer{cfg: cfg, tracing: tracing}).openStore(trust{chain: chain, marks: &eip3076.Marker{}, witness: eip3076.NewWitness()})
}

// InteropSecret is a key of --dev.
var InteropSecret = interopSecret

// Reached is the URL of a server that listens on an address.
var Reached = reached
