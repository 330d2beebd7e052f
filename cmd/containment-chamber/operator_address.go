package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
)

// addresses are the base URLs of signers, without a slash at the end. Nothing secret is sent in the clear: plain HTTP
// must lead to this machine, or plaintext must be true.
func addresses(texts []string, plaintext bool) ([]string, error) {
	var all []string
	for _, text := range texts {
		address, err := signerAddress(text, plaintext)
		if err == nil && slices.Contains(all, address) {
			err = errors.New("it is given twice")
		}
		if err != nil {
			_, host, found := strings.Cut(text, "@") // what stands before it may be a secret
			if !found {
				host = text
			}
			return nil, fmt.Errorf("--signer-url %s: %w", host, err)
		}
		all = append(all, address)
	}
	return all, nil
}

func signerAddress(text string, plaintext bool) (string, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", errors.New("it is no URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "", errors.New("want https://HOST:PORT, or http://HOST:PORT")
	case u.User != nil:
		return "", errors.New("tokens are given with flags of their own, never in a URL")
	case u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("want the beginning of all URLs of the signer, without ? and #")
	case u.Scheme == "http" && !loopback(u.Hostname()) && !plaintext:
		return "", errors.New("secrets would cross the network in the clear: use https, or a tunnel to 127.0.0.1, or add --allow-plaintext-signer")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// authorities are the certificates of a file, or nil for those of the system.
func authorities(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil //nolint:nilnil // the system's, as package tls has it
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("--ca-file: there is no certificate in %s: want PEM", file)
	}
	return pool, nil
}

// loopback reports whether a host is this machine, whatever the network says (RFC 6761 §6.3 for the name).
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}
