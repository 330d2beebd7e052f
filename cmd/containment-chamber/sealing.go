package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/ceremony"
	"containment-chamber/actors/chamber"
	"containment-chamber/actors/control"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/seal/kek"
	"containment-chamber/actors/state"
	"containment-chamber/config"
	"containment-chamber/http"
	"containment-chamber/messages"
)

const (
	// stateDeadline is how long the signer state may take to be opened at the start.
	stateDeadline = 30 * time.Second
	// sealWork bounds one job of the seal: a few rounds of calls to key-encryption keys, each of ten seconds, and the store.
	sealWork = 2 * time.Minute
)

// openChamber opens the signer state, if there is one, and configures what a signer with a master key has more.
func (s *signer) openChamber(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stateDeadline)
	defer cancel()
	store, err := openState(ctx, s.cfg)
	if err != nil || store == nil {
		return err
	}
	s.state = store
	observe := func(action string, err error, took time.Duration) {
		s.system.Publish(messages.KMSCalled{Action: action, Err: err, Took: took})
	}
	limits := s.cfg.Chamber.Ceremony
	s.parts.chamber.Sealing = &chamber.Sealing{
		Seal: seal.Config{
			Store:       sealRecord{store},
			Keys:        kek.NewRing(kek.Config{Endpoint: s.cfg.AWS.EndpointURL, Observe: observe}),
			ShareWindow: s.cfg.SignerState.UnsealTimeout,
			WorkTimeout: min(sealWork, limits.BreakAfter),
		},
		Control:    control.Config{Store: snapshots{store}, Interval: s.cfg.SignerState.RefreshInterval, Trace: s.traceRefresh},
		Ceremony:   ceremony.Config{BreakAfter: limits.BreakAfter, Show: s.showOnce, Hold: &s.hold},
		StuckAfter: limits.StuckAfter,
	}
	if s.cfg.Auth.Mode == config.AuthOpen {
		s.log.Warn("auth.mode is open: whoever reaches the signing API may sign with every key, sealed ones too, while the chamber is unsealed")
	}
	return nil
}

// showOnce writes a token to the log, for those who run the signer. It stands in the text, because a field with such a
// name would be left out.
func (s *signer) showOnce(what, token string) {
	s.log.Warn(what + " generated (save securely, one-time use): " + token)
	if s.dev != nil {
		s.dev.note(token)
	}
}

// patience is how long a client waits for the end of a ceremony beyond the time when it is broken off.
const patience = 20 * time.Second

// chamberAPI is what the routes of the chamber are made of; nil without a signer state.
func (s *signer) chamberAPI() (*http.Chamber, error) {
	if s.parts.chamber.Sealing == nil {
		return nil, nil
	}
	allowed, err := http.ParseNetworks(s.cfg.Chamber.Ceremony.AllowedCIDRs)
	if err != nil {
		return nil, fmt.Errorf("chamber.ceremony.allowed_cidrs: %w", err)
	}
	return &http.Chamber{
		Perform:    actors.Bind[messages.PerformCeremony](s.tree.Guard),
		Status:     actors.Bind[messages.GetSealStatus](s.tree.Seal),
		Guard:      actors.Bind[messages.GetGuardWatch](s.tree.Watchdog),
		Challenge:  actors.Bind[messages.GetChallenge](s.tree.Seal),
		CheckToken: actors.Bind[messages.CheckManagementToken](s.tree.Seal),
		Keys:       s.keysBySource,
		Version:    build().version,
		Warnings:   s.warnings(),
		Allowed:    allowed,
		Timeout:    s.cfg.Chamber.Ceremony.BreakAfter + patience,
	}, nil
}

// warnings are what whoever looks at the status should know.
func (s *signer) warnings() []string {
	if s.cfg.AntiSlashing.Backend == config.BackendNoop {
		return []string{unprotected}
	}
	return nil
}

func (s *signer) keysBySource(ctx context.Context) (map[string]int, error) {
	status, err := actors.Ask(ctx, s.tree.Keys, messages.GetKeyStatus{})
	loaded := make(map[string]int, len(status.Sources))
	for _, source := range status.Sources {
		loaded[source.Name] = source.Loaded
	}
	return loaded, err
}

// closeChamber ends the use of the signer state.
func (s *signer) closeChamber() error {
	if s.state == nil {
		return nil
	}
	return s.state.Close()
}

// sealRecord is the signer state, as the seal sees it: its own record.
type sealRecord struct{ state.Store }

var _ seal.Store = sealRecord{}

// Read implements seal.Store.
func (s sealRecord) Read(ctx context.Context) (version uint64, body []byte, err error) {
	records, err := s.Store.Read(ctx)
	if err != nil {
		return 0, nil, inProtocol(err)
	}
	i := slices.IndexFunc(records, func(r state.Record) bool { return r.Name == state.Seal })
	if i < 0 {
		return 0, nil, nil
	}
	return records[i].Version, records[i].Body, nil
}

// Write implements seal.Store.
func (s sealRecord) Write(ctx context.Context, version uint64, body []byte) error {
	return inProtocol(s.Store.Write(ctx, state.Record{Name: state.Seal, Version: version, Body: body}))
}

// snapshots is the signer state, as control sees it: all of it.
type snapshots struct{ state.Store }

var _ control.Store = snapshots{}

// Read implements control.Store.
func (s snapshots) Read(ctx context.Context) ([]messages.Snapshot, error) {
	records, err := s.Store.Read(ctx)
	if err != nil {
		return nil, inProtocol(err)
	}
	read := make([]messages.Snapshot, 0, len(records))
	for _, r := range records {
		read = append(read, messages.Snapshot{Component: r.Name, Version: r.Version, Body: r.Body})
	}
	return read, nil
}

// inProtocol says an error of the signer state in the words of the protocol.
func inProtocol(err error) error {
	if err == nil {
		return nil
	}
	kind := messages.ErrStateUnavailable
	switch {
	case errors.Is(err, state.ErrConflict):
		kind = messages.ErrConflict
	case errors.Is(err, state.ErrForeign), errors.Is(err, state.ErrNewer), errors.Is(err, state.ErrTooLarge), errors.Is(err, state.ErrInvalid):
		kind = messages.ErrStateRefused
	}
	return fmt.Errorf("%w: %w", kind, err)
}
