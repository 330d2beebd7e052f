package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/actors/audit"
	"containment-chamber/actors/chamber"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/bls"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/signing/eth2"
	"containment-chamber/actors/watchdog"
	"containment-chamber/config"
	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// parts is what is made of the configuration before anything runs.
type parts struct {
	network  eth2.Network
	permits  *signing.Permits
	registry *prometheus.Registry
	audit    *audit.Queue
	chamber  chamber.Config
}

// build makes all parts, and starts none.
func (s *signer) build(env []string) error {
	network, err := networkOf(s.cfg)
	if err != nil {
		return err
	}
	s.parts = parts{network: network, permits: signing.NewPermits(s.cfg.Signing.MaxConcurrent), registry: prometheus.NewRegistry(), audit: audit.NewQueue()}
	s.parts.chamber = chamber.Config{
		Audit: audit.Config{File: s.cfg.Audit.File, Queue: s.parts.audit},
		Keys:  keysConfig(s.cfg.KeySources.Filesystem),
		Signing: signing.Config{
			Permits:               s.parts.permits,
			Workers:               cmp.Or(s.cfg.Signing.Workers, 2*runtime.GOMAXPROCS(0)),
			GroupWindow:           s.cfg.Signing.GroupWindow,
			GroupSize:             s.cfg.Signing.GroupSize,
			RecordTimeout:         s.recordTimeout(),
			GenesisValidatorsRoot: network.GenesisValidatorsRoot,
		},
		Watchdog: watchdog.Config{GiveUp: s.cfg.Watchdog.GiveUp},
	}
	if err := s.buildTracing(); err != nil {
		return err
	}
	if s.parts.chamber.Slashing, err = s.slashingConfig(network, env); err != nil {
		return err
	}
	if err := s.cacheKeys(env, s.cfg.KeySources.Filesystem.Cache, &s.parts.chamber.Keys); err != nil {
		return err
	}
	if s.canaries, err = newCanaries(s.cfg.CanaryKeys); err != nil {
		return err
	}
	if s.parts.chamber.Keys.Sealed, err = openSealedKeys(s.cfg.KeySources.SQLite); err != nil {
		return err
	}
	s.system.Observe(s.canaries.learn)
	s.system.Observe(s.store.observe)
	s.system.Observe(s.seal.observe)
	s.buildMetrics()
	s.system.Observe(telemetry.Observer(s.log))
	s.showProgress()
	s.system.Observe(new(collector).observe)
	s.reportWeakness(bls.MemoryWeakness)
	if s.cfg.Audit.File != "" {
		s.system.Observe(s.parts.audit.Note) // the last, because it may wait
	}
	return nil
}

// recordTimeout bounds a commit of slashing protection: callers hear of a stalled store while they still listen.
func (s *signer) recordTimeout() time.Duration { return s.cfg.HTTP.RequestTimeout / 2 }

func (s *signer) buildMetrics() {
	n, b := s.parts.network, build()
	s.metrics = telemetry.New(telemetry.Config{
		Registerer: s.parts.registry,
		Build:      telemetry.Build{Version: b.version, Commit: b.commit, Timestamp: b.time},
		Network: telemetry.Network{
			Name: n.Name, GenesisValidatorsRoot: known(n.GenesisValidatorsRoot), GenesisForkVersion: n.Versions[eth2.Phase0].String(),
		},
		SigningPermits:   s.parts.permits.Limit(),
		Started:          s.started,
		Actors:           chamber.Classes(),
		Queues:           append(chamber.Classes(), "http", "http_connections", "http_large_bodies", "http_ceremonies"),
		Sources:          s.keySources(),
		AuditEvents:      audit.Events(),
		AuditDropped:     s.parts.audit.Dropped,
		Mailboxes:        s.system.Mailboxes,
		PermitsAvailable: s.parts.permits.Available,
		Healthy:          s.healthy,
		CeremonyHeld:     s.hold.For,
		StorePool:        s.pool.figures,

		CeremonyAddressFilter: len(s.cfg.Chamber.Ceremony.AllowedCIDRs) > 0,
	})
	s.system.Observe(s.metrics.Observe)
	s.system.Observe(func(e messages.Event) {
		if _, ok := e.(messages.KeysLoaded); ok && s.parts.chamber.Sealing == nil {
			s.metrics.SetSignerState(telemetry.Unsealed) // nothing is sealed in a signer of plain files
		}
	})
}

// networkOf finds the chain: a known one, or the one of a file. An error is one of the configuration.
func networkOf(cfg *config.Config) (eth2.Network, error) {
	n, err := readNetwork(cfg)
	if err != nil {
		return n, &exitError{exitUsage, err}
	}
	return n, nil
}

func readNetwork(cfg *config.Config) (eth2.Network, error) {
	if cfg.NetworkConfig == "" {
		n, ok := eth2.Builtin(cfg.Network)
		if !ok {
			return n, fmt.Errorf("network %q is not known", cfg.Network) // unreachable: config knows the same names
		}
		return n, nil
	}
	text, err := os.ReadFile(cfg.NetworkConfig)
	if err != nil {
		return eth2.Network{}, fmt.Errorf("network_config: %w", err)
	}
	var root messages.Root
	if cfg.GenesisValidatorsRoot != "" {
		if root, err = messages.ParseRoot(cfg.GenesisValidatorsRoot); err != nil {
			return eth2.Network{}, fmt.Errorf("genesis_validators_root: %w", err)
		}
	}
	n, err := eth2.ParseNetwork(text, root)
	if err != nil {
		return n, fmt.Errorf("network_config %s: %w", cfg.NetworkConfig, err)
	}
	return n, nil
}

// keysConfig bounds decryption by the cores, and by half of the memory that is free now.
func keysConfig(f config.Filesystem) keys.Config {
	loaders := runtime.GOMAXPROCS(0)
	if f.KeystoreLoadConcurrency > 0 {
		loaders = min(loaders, f.KeystoreLoadConcurrency)
	}
	return keys.Config{
		Loaders: loaders,
		Memory:  availableMemory() / 2,
		Scan: func() directory.Listing {
			return directory.Scan(f.Paths, directory.Options{PasswordFile: f.PasswordFile, PasswordDir: f.PasswordDir})
		},
	}
}

func known(root messages.Root) string {
	if root.IsZero() {
		return ""
	}
	return root.String()
}
