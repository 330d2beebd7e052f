package http

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"containment-chamber/messages"
)

// Networks is a set of addresses. None means all of them where it says who is let in.
type Networks []netip.Prefix

// ParseNetworks reads addresses and CIDR prefixes: 192.0.2.7, 10.0.0.0/8, fd00::/8.
func ParseNetworks(texts []string) (Networks, error) {
	var all Networks
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			var address netip.Addr
			if address, err = netip.ParseAddr(text); err != nil {
				return nil, fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", text)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		if prefix.Addr().Is4In6() {
			return nil, fmt.Errorf("%q is an IPv4 network in IPv6 form; write it as IPv4", text)
		}
		all = append(all, prefix)
	}
	return all, nil
}

func (n Networks) contains(address netip.Addr) bool {
	return slices.ContainsFunc(n, func(p netip.Prefix) bool { return p.Contains(address) })
}

var errAddress = errors.New("the caller's address cannot be read")

// caller returns the address of whoever sent the request: that of the connection, or, if that is one of these proxies,
// the last address of X-Forwarded-For that is not. Only what our own proxies have added to the header is read.
func (n Networks) caller(r *http.Request) (netip.Addr, error) {
	address, err := parseAddress(r.RemoteAddr)
	if err != nil || !n.contains(address) {
		return address, err
	}
	hops := strings.Split(strings.Join(r.Header["X-Forwarded-For"], ","), ",")
	for _, hop := range slices.Backward(hops) {
		if strings.TrimSpace(hop) == "" && len(hops) == 1 {
			return address, nil // the proxy asks for itself
		}
		if address, err = parseAddress(strings.TrimSpace(hop)); err != nil || !n.contains(address) {
			return address, err
		}
	}
	return address, nil
}

// parseAddress reads an address with or without a port. Zones are left out, and IPv4 is IPv4 in whatever form.
func parseAddress(text string) (netip.Addr, error) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		port, err := netip.ParseAddrPort(text)
		if err != nil {
			return netip.Addr{}, errAddress
		}
		address = port.Addr()
	}
	return address.Unmap().WithZone(""), nil
}

// local reports whether the caller is on this machine. A proxy on this machine that is not trusted may speak for anybody.
func (n Networks) local(r *http.Request) bool {
	address, err := n.caller(r)
	if err != nil || !address.IsLoopback() {
		return false
	}
	peer, err := parseAddress(r.RemoteAddr)
	return err == nil && (!forwarded(r.Header) || n.contains(peer) && len(r.Header["X-Forwarded-For"]) > 0)
}

func forwarded(h http.Header) bool {
	return len(h["X-Forwarded-For"])+len(h["Forwarded"])+len(h["X-Real-Ip"])+len(h["Via"]) > 0
}

// layer lets only some addresses through to a group of routes.
type layer struct {
	// name is the label of the metric, setting the key of the configuration.
	name, setting    string
	allowed, proxies Networks
	observe          func(messages.Event)
}

// admit refuses an address that is not in the list with ErrForbidden. An empty list lets everybody in.
func (l layer) admit(r *http.Request) error {
	if len(l.allowed) == 0 {
		return nil
	}
	address, err := l.proxies.caller(r)
	switch {
	case err != nil:
		l.observe(messages.AddressRefused{Layer: l.name, Reason: messages.AddressUnparsable})
		return fmt.Errorf("%w: %w; see http.trusted_proxies", messages.ErrForbidden, err)
	case !l.allowed.contains(address):
		l.observe(messages.AddressRefused{Layer: l.name, Reason: messages.AddressNotAllowed})
		return fmt.Errorf("%w: your address %s is not in %s", messages.ErrForbidden, address, l.setting)
	}
	return nil
}

// vouchesFor reports whether the address of the caller alone says something good of it: it is on this machine, or in a
// list that somebody has written.
func (l layer) vouchesFor(r *http.Request) bool {
	return l.proxies.local(r) || len(l.allowed) > 0 && l.admit(r) == nil
}
