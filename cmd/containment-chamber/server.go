package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/alecthomas/kong"

	"containment-chamber/actors"
	"containment-chamber/actors/ceremony"
	"containment-chamber/actors/chamber"
	"containment-chamber/actors/state"
	"containment-chamber/config"
	"containment-chamber/http"
	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// serverCommand is "containment-chamber server".
type serverCommand struct {
	Config    string `short:"c" placeholder:"FILE" help:"Configuration file."`
	Check     bool   `help:"Only validate the configuration, and print what is in force."`
	Dev       bool   `xor:"dev" help:"Development: loopback, and a chamber with four known keys in ./dev-data, which opens itself. Never with real keys."`
	DevQuorum bool   `xor:"dev" help:"Development: likewise, with a chamber that three operators open, and their ceremonies to play."`
	kong.Plugins
}

// Run implements kong's command.
func (s *serverCommand) Run(j *job) error {
	var dev *development
	if s.Dev || s.DevQuorum {
		var err error
		if dev, err = prepareDev(j, s.DevQuorum); err != nil {
			return err
		}
	}
	cfg, err := config.Load(config.Options{File: s.Config, Env: j.env, Flags: j.flags})
	if err != nil {
		return err
	}
	if s.Check {
		if _, err := networkOf(cfg); err != nil {
			return err
		}
		return cfg.Effective(j.stdout)
	}
	signer, err := newSigner(j, cfg)
	if err != nil {
		return err
	}
	if dev != nil {
		signer.dev = dev
		signer.parts.chamber.Slashing.UnderMasterKey = false // two chambers share the history of development
	}
	return signer.serve(j)
}

// startDeadline is how long the actors have to get ready; keys that take longer to decrypt are not waited for.
const startDeadline = 60 * time.Second

// newSigner builds everything, and starts nothing.
func newSigner(j *job, cfg *config.Config) (*signer, error) {
	bar := newBar(j.stderr)
	stderr := j.stderr
	if bar != nil {
		stderr = bar
	}
	log, lines, err := newLogger(j, cfg.Logging, stderr)
	if err != nil {
		return nil, err
	}
	for _, w := range cfg.Warnings() {
		log.Warn(w)
	}
	s := &signer{cfg: cfg, log: log, lines: lines, bar: bar, started: time.Now(), system: actors.NewSystem(log)}
	if err := s.build(j.env); err != nil {
		lines.close()
		return nil, err
	}
	return s, nil
}

// serve is the program: it starts everything, waits until the end, and takes everything down.
func (s *signer) serve(j *job) error {
	defer s.lines.close()
	defer s.reopenOnSignal()()
	hangup, ignore := hangups()
	defer ignore()
	if err := s.start(j.ctx); err != nil {
		if j.ctx.Err() != nil {
			err = nil // it was told to end before it was ready
		}
		return errors.Join(err, s.stop())
	}
	if s.dev != nil {
		if err := s.dev.greet(s); err != nil {
			s.log.Warn("cannot print what to do next", "cause", err)
		}
	}
	return errors.Join(s.wait(j.ctx, hangup), s.stop())
}

// signer is the running program.
type signer struct {
	cfg      *config.Config
	log      *slog.Logger
	bar      *telemetry.Bar // nil without a terminal
	lines    *logWriter
	started  time.Time
	system   *actors.System
	tree     chamber.Chamber
	parts    parts
	metrics  *telemetry.Metrics
	store    storeHealth
	pool     storePool
	state    state.Store // nil without a signer state
	seal     sealState
	hold     ceremony.Hold
	canaries *canaries
	dev      *development       // nil unless it is one for development
	tracing  *telemetry.Tracing // nil unless it is enabled
	scrape   *http.Server       // nil until it listens
	api      *http.Server       // likewise
	ready    atomic.Bool        // the tree and both servers are there
}

// start makes the tree, waits until it is ready, and only then listens for clients. Metrics are there from the
// beginning.
func (s *signer) start(ctx context.Context) error {
	var err error
	if s.scrape, err = s.serveMetrics(); err != nil {
		return err
	}
	refused := make(chan error, 1)
	defer s.system.Observe(func(e messages.Event) {
		if cause := hopeless(e); cause != nil {
			select {
			case refused <- cause:
			default: // the first says it
			}
		}
	})()
	if err := s.openChamber(ctx); err != nil {
		return err
	}
	s.tree = chamber.Start(s.system, s.parts.chamber)
	if err := s.awaitReady(ctx, refused); err != nil {
		return err
	}
	select {
	case err := <-refused: // the audit actor is ready without its file
		return err
	default:
	}
	if s.dev != nil {
		if err := s.dev.raise(ctx, s); err != nil {
			return err
		}
	}
	if s.api, err = s.serveAPI(); err != nil {
		return err
	}
	s.ready.Store(true)
	s.metrics.Ready(time.Now())
	s.log.Info("ready to sign", "address", s.api.Address(), "metrics", s.scrape.Address(), "network", s.parts.network.Name)
	return nil
}

// hopeless tells why a start cannot succeed: a file that cannot be opened.
func hopeless(e messages.Event) error {
	switch e := e.(type) {
	case messages.SlashingStoreDown:
		return e.Cause
	case messages.AuditFailed:
		return fmt.Errorf("audit.file: %w", e.Cause)
	}
	return nil
}

// awaitReady fails early on what will not mend itself: a store that cannot be opened, a tree that gave up.
func (s *signer) awaitReady(ctx context.Context, refused <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, startDeadline)
	defer cancel()
	ready := make(chan error, 1)
	go func() { ready <- s.system.AwaitReady(ctx) }()
	select {
	case err := <-refused:
		return err
	case err := <-ready:
		return err
	}
}

// wait returns when the process is told to end, with nil, or when something has failed. Until then a hangup reloads the
// keys.
func (s *signer) wait(ctx context.Context, hangup <-chan os.Signal) error {
	for {
		select {
		case <-hangup:
			s.reload(ctx)
		case <-ctx.Done():
			s.log.Info("stopping: what was accepted is still signed", "within", s.cfg.HTTP.ShutdownTimeout.String())
			return nil
		case <-s.system.Failed().Done():
			cause := context.Cause(s.system.Failed())
			s.log.With("target", messages.TargetAudit).Error("the signer has failed and ends", "cause", cause)
			return &exitError{exitFailStop, cause}
		case err := <-s.api.Ended():
			return err
		case err := <-s.scrape.Ended():
			return err
		}
	}
}

// stop takes everything down in the reverse order: clients first, metrics last. Secrets are wiped on the way.
func (s *signer) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.cfg.HTTP.ShutdownTimeout)
	defer cancel()
	var problems []error
	if s.api != nil {
		problems = append(problems, s.api.Drain(ctx))
	}
	problems = append(problems, s.system.Stop(ctx), s.closeChamber())
	if store := s.parts.chamber.Keys.Sealed.Store; store != nil {
		problems = append(problems, store.Close())
	}
	if s.bar != nil {
		s.bar.Clear() // loading may have been under way
	}
	s.stopTracing(ctx)
	if s.scrape != nil {
		problems = append(problems, s.scrape.Drain(ctx))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("not everything ended in order: %w", err)
	}
	s.log.Info("stopped")
	return nil
}
