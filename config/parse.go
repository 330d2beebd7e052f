package config

import (
	"encoding/hex"
	"net/netip"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// optional accepts any text, also none.
func optional(s string) (string, bool) { return s, true }

// required accepts any text but the empty one.
func required(s string) (string, bool) { return s, s != "" }

// isPlain reports whether s is UTF-8 without control characters.
func isPlain(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

func address(into func(*Config) *string) kind {
	return text{describe: "an IP address such as 127.0.0.1 or ::, or localhost", parse: parseAddress, into: into}
}

// parseAddress accepts localhost and IP addresses.
func parseAddress(s string) (string, bool) {
	if s == "localhost" {
		return s, true
	}
	ip, err := netip.ParseAddr(s)
	return ip.String(), err == nil
}

// parseRoot accepts nothing, or 32 bytes in hexadecimal of any case, with or without 0x.
func parseRoot(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	return parseHex(s, 32)
}

// parsePublicKey accepts 48 bytes in hexadecimal of any case, with or without 0x.
func parsePublicKey(s string) (string, bool) { return parseHex(s, 48) }

func parseHex(s string, size int) (string, bool) {
	digits := strings.TrimPrefix(strings.ToLower(s), "0x")
	bytes, err := hex.DecodeString(digits)
	return "0x" + digits, err == nil && len(bytes) == size
}

// parseReference accepts nothing, or says in which file or variable a secret is. The secret itself is refused, so that no
// configuration holds one; so is a variable that would be taken for a setting.
func parseReference(s string) (string, bool) {
	kind, place, _ := strings.Cut(s, ":")
	switch kind {
	case "file":
		return s, place != ""
	case "env":
		return s, place != "" && !strings.HasPrefix(place, envPrefix) && !strings.ContainsAny(place, "= ")
	}
	return s, s == ""
}

// parseDirectives accepts levels, and levels of targets (target=level), separated by commas, in any case. It is the
// part of EnvFilter's syntax that a filter by target can honour.
func parseDirectives(s string) (string, bool) {
	levels := []string{"off", "error", "warn", "info", "debug", "trace"}
	directives := strings.Split(strings.ToLower(s), ",")
	for i, directive := range directives {
		target, level, targeted := strings.Cut(directive, "=")
		target, level = strings.TrimSpace(target), strings.TrimSpace(level)
		directives[i] = target + "=" + level
		if !targeted {
			directives[i], level = target, target
		}
		if targeted && !isTarget(target) || !slices.Contains(levels, level) {
			return "", false
		}
	}
	return strings.Join(directives, ","), true
}

// isTarget reports whether s is a target's name: words of lower-case letters, digits and underscores, joined by "::".
func isTarget(s string) bool {
	for word := range strings.SplitSeq(s, "::") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			return false
		}
	}
	return true
}
