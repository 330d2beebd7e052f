package config

import (
	"net"
	"net/netip"
	"strings"
)

// contradictions lists what no single key can be blamed for.
func (c *Config) contradictions() []string {
	var complaints []string
	if c.Server.ListenPort != 0 && c.Server.ListenPort == c.Metrics.ListenPort && overlap(c.Server.ListenAddress, c.Metrics.ListenAddress) {
		complaints = append(complaints, "metrics.listen_port: the same address and port as server.listen_port; choose another")
	}
	if c.NetworkConfig != "" && c.Network != "" {
		complaints = append(complaints, "network: contradicts network_config; remove one of them")
	}
	if c.NetworkConfig == "" && c.GenesisValidatorsRoot != "" {
		complaints = append(complaints, "genesis_validators_root: is known for every named network; remove it, or set network_config")
	}
	if cache := c.KeySources.Filesystem.Cache; (cache.Path == "") != (cache.Key == "") {
		complaints = append(complaints, "key_sources.filesystem.cache: path and key need each other; set both, or none")
	}
	if c.KeySources.SQLite.Path != "" && c.SignerState.Backend == BackendNone {
		complaints = append(complaints, "key_sources.sqlite.path: its keys are under the master key, which a signer state keeps; set signer_state.backend")
	}
	if c.AntiSlashing.Backend == BackendDynamoDB && c.AntiSlashing.Table == "" {
		complaints = append(complaints, "anti_slashing.table: dynamodb needs it; name a table of its own")
	}
	if c.AntiSlashing.Backend == BackendDynamoDB && c.SignerState.Backend == BackendDynamoDB && c.AntiSlashing.Table == c.SignerState.Table {
		complaints = append(complaints, "anti_slashing.table: the same as signer_state.table; name a table of its own")
	}
	if c.AntiSlashing.Backend == BackendPostgres && c.AntiSlashing.URL == "" {
		complaints = append(complaints, "anti_slashing.url: postgres needs it; set it, best as the variable "+envName("anti_slashing.url"))
	}
	return append(complaints, c.SignerState.contradictions()...)
}

// overlap reports whether two sockets with one port would get in each other's way. An unspecified address stands for
// every address, of the other family too, because :: usually takes IPv4 as well.
func overlap(a, b string) bool { return a == b || isUnspecified(a) || isUnspecified(b) }

func isUnspecified(address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && ip.IsUnspecified()
}

func isLoopback(address string) bool {
	return address == "localhost" || net.ParseIP(address).IsLoopback()
}

// Warnings lists what is allowed, but probably not meant, or dangerous. Each begins with the key.
func (c *Config) Warnings() []string {
	var warnings []string
	warn := func(when bool, parts ...string) {
		if when {
			warnings = append(warnings, strings.Join(parts, ""))
		}
	}
	warn(c.AntiSlashing.Backend == BackendNoop,
		"anti_slashing.backend: noop keeps no history, nothing prevents a slashable signature")
	warn(c.Auth.Mode == AuthOpen && !isLoopback(c.Server.ListenAddress),
		"auth.mode: open, and the signing API listens beyond loopback; everyone who reaches it may sign, so restrict the network")
	warn(len(c.KeySources.Filesystem.Paths) == 0 && c.KeySources.SQLite.Path == "",
		"key_sources.filesystem.paths: empty, so there is no key to sign with")
	warn(c.SignerState.Backend != BackendNone && c.Chamber.Ceremony.StuckAfter >= c.Chamber.Ceremony.BreakAfter,
		"chamber.ceremony.stuck_after_seconds: not below break_after_seconds, so a ceremony is broken off before it counts as stuck")
	warn(c.HTTP.ShutdownTimeout < c.HTTP.RequestTimeout,
		"http.shutdown_timeout_seconds: shorter than http.request_timeout_seconds, so a shutdown may cut requests off")
	return warnings
}
