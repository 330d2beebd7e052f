package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"strconv"

	"containment-chamber/actors"
	"containment-chamber/actors/signing/eth2"
	"containment-chamber/http"
	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// maxBatch bounds the keys of one batch, whose signatures are held in memory together.
const maxBatch = 4096

// serveAPI opens the signing API.
func (s *signer) serveAPI() (*http.Server, error) {
	chamber, err := s.chamberAPI()
	if err != nil {
		return nil, err
	}
	proxies, err := http.ParseNetworks(s.cfg.HTTP.TrustedProxies)
	if err != nil {
		return nil, fmt.Errorf("http.trusted_proxies: %w", err)
	}
	api := http.New(http.Config{
		Chamber:        chamber,
		TrustedProxies: proxies,
		Decode:         eth2.NewDecoder(s.parts.network).Decode,
		BatchAllowed:   eth2.BatchAllowed,
		Sign:           actors.Bind[messages.Sign](s.tree.Signing),
		SignBatch:      actors.Bind[messages.SignBatch](s.tree.Signing),
		PublicKeys:     s.publicKeys,
		Reload:         actors.Bind[messages.ReloadKeys](s.tree.Keys),
		ReloadStatus:   actors.Bind[messages.GetReloadStatus](s.tree.Keys),
		Health:         s.health,
		Observe:        s.canaries.watch(s.system.Publish),
		Trace:          s.beginTrace(),
		ObserveError:   s.metrics.ObserveHTTPError,
		RequestTimeout: s.cfg.HTTP.RequestTimeout,
		MaxBodyBytes:   s.cfg.HTTP.MaxBodyBytes,
		MaxConcurrent:  s.cfg.HTTP.MaxConcurrentRequests,
		Full:           func() bool { return s.parts.permits.Available() <= 0 },
		// A batch takes all its permits at once: one that is larger than all of them would be refused as overload for ever.
		MaxBatch: min(maxBatch, s.parts.permits.Limit()),
	})
	return listening("server.listen_port", http.ServerConfig{
		Address:        address(s.cfg.Server.ListenAddress, s.cfg.Server.ListenPort),
		Handler:        api,
		Drain:          api.Drain,
		MaxConnections: s.cfg.HTTP.MaxConnections,
		IdleTimeout:    s.cfg.HTTP.IdleTimeout,
		ErrorLog:       slog.NewLogLogger(s.log.With("target", messages.TargetHTTP).Handler(), slog.LevelDebug),
	})
}

// serveMetrics opens the metrics server.
func (s *signer) serveMetrics() (*http.Server, error) {
	handler := telemetry.Handler(s.parts.registry, s.log)
	if s.cfg.Metrics.Pprof {
		handler = telemetry.WithProfiles(handler)
	}
	return listening("metrics.listen_port", http.ServerConfig{
		Address:  address(s.cfg.Metrics.ListenAddress, s.cfg.Metrics.ListenPort),
		Handler:  handler,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	})
}

// listening starts a server, or says which setting to change.
func listening(setting string, c http.ServerConfig) (*http.Server, error) {
	server, err := http.Start(c)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return server, nil
}

func (s *signer) publicKeys(ctx context.Context) (messages.KeyRing, error) {
	return actors.Ask(ctx, s.tree.Keys, messages.GetKeyRing{})
}

func address(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
