package main

import (
	"context"
	"fmt"

	"containment-chamber/actors/keys"
	"containment-chamber/actors/keys/directory"
	"containment-chamber/actors/keys/sealed/sqlite"
	"containment-chamber/config"
)

// openSealedKeys opens the store of keys under the master key, if one is configured.
func openSealedKeys(cfg config.SealedKeys) (keys.Sealed, error) {
	if cfg.Path == "" {
		return keys.Sealed{}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), toolPatience)
	defer cancel()
	store, err := sqlite.Open(ctx, cfg.Path)
	if err != nil {
		return keys.Sealed{}, fmt.Errorf("key_sources.sqlite: %w", err)
	}
	return keys.Sealed{Source: sqlite.Source, Store: store, Refresh: cfg.RefreshInterval}, nil
}

// keySources are the sources that are configured, by the names that metrics have.
func (s *signer) keySources() []string {
	sources := []string{directory.Source}
	if s.parts.chamber.Keys.Sealed.Store != nil {
		sources = append(sources, s.parts.chamber.Keys.Sealed.Source)
	}
	return sources
}
