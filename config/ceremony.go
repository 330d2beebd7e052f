package config

import (
	"net/netip"
	"time"
)

// Chamber says how the chamber is opened and changed.
type Chamber struct{ Ceremony Ceremony }

// Ceremony limits ceremonies.
type Ceremony struct {
	StuckAfter   time.Duration
	BreakAfter   time.Duration
	AllowedCIDRs []string // empty: everyone may
}

func networks(into func(*Config) *[]string) kind {
	return list{describe: "addresses or networks such as 10.0.0.0/8", parse: parseNetwork, into: into}
}

// parseNetwork accepts an address or a network.
func parseNetwork(s string) (string, bool) {
	if _, err := netip.ParseAddr(s); err == nil {
		return s, true
	}
	prefix, err := netip.ParsePrefix(s)
	return s, err == nil && !prefix.Addr().Is4In6()
}
