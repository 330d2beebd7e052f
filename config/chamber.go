package config

import (
	"net/netip"
	"time"
)

// Chamber is how the chamber is operated.
type Chamber struct{ Ceremony Ceremony }

// Ceremony is how ceremonies are held.
type Ceremony struct {
	StuckAfter   time.Duration
	BreakAfter   time.Duration
	AllowedCIDRs []string // addresses and CIDR prefixes; none: everybody
}

// networks is a list of addresses and CIDR prefixes.
func networks(into func(*Config) *[]string) kind {
	return list{describe: "addresses and networks such as 192.0.2.7 and 10.0.0.0/8", parse: parseNetwork, into: into}
}

// parseNetwork accepts an address or a CIDR prefix. An IPv4 network in IPv6 form would match nobody.
func parseNetwork(s string) (string, bool) {
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return prefix.Masked().String(), !prefix.Addr().Is4In6()
	}
	address, err := netip.ParseAddr(s)
	return address.String(), err == nil && !address.Is4In6() && address.Zone() == ""
}
