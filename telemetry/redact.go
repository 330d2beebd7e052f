package telemetry

import (
	"bytes"
	"log/slog"
	"slices"
)

// redacted stands in the place of a secret.
const redacted = "[redacted]"

// secretEndings returns what the keys of secrets end with, once they are in lower case and without separators. What
// merely speaks of a secret ends otherwise: token_id, share_index, password_file.
func secretEndings() []string {
	return []string{
		"password", "passphrase", "privatekey", "secret", "secretkey", "masterkey", "token", "share", "authorization",
		"mnemonic", "cookie", "credential",
	}
}

// redactor returns a function that replaces the value of an attribute whose key, or the name of a group around it, looks
// like a secret's. Numbers and booleans stay, because they count or answer and are no secret here.
func redactor() func(groups []string, a slog.Attr) slog.Attr {
	endings := secretEndings()
	secret := func(key string) bool { return endsLike(key, endings) }
	return func(groups []string, a slog.Attr) slog.Attr {
		if harmless(a.Value.Kind()) || !secret(a.Key) && !slices.ContainsFunc(groups, secret) {
			return a
		}
		return slog.String(a.Key, redacted)
	}
}

// endsLike reports whether key ends with one of the endings, in the singular or the plural, whatever its case and its
// separators. It is asked for every attribute of every line, so it allocates nothing.
func endsLike(key string, endings []string) bool {
	var plain [24]byte // longer than any ending
	from := len(plain)
	for i := len(key) - 1; i >= 0 && from > 0; i-- {
		switch c := key[i]; {
		case c == '_' || c == '-' || c == '.' || c == ' ' || c == 's' && from == len(plain):
		case 'A' <= c && c <= 'Z':
			from--
			plain[from] = c + 'a' - 'A'
		default:
			from--
			plain[from] = c
		}
	}
	for _, ending := range endings {
		if bytes.HasSuffix(plain[from:], []byte(ending)) {
			return true
		}
	}
	return false
}

// harmless reports whether a value of this kind can hold no secret.
func harmless(kind slog.Kind) bool {
	switch kind {
	case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindDuration, slog.KindTime:
		return true
	}
	return false
}
