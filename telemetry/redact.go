package telemetry

import (
	"log/slog"
	"slices"
	"strings"
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
	separators := strings.NewReplacer("_", "", "-", "", ".", "", " ", "")
	secret := func(key string) bool {
		key = strings.TrimSuffix(separators.Replace(strings.ToLower(key)), "s")
		return slices.ContainsFunc(endings, func(ending string) bool { return strings.HasSuffix(key, ending) })
	}
	return func(groups []string, a slog.Attr) slog.Attr {
		if harmless(a.Value.Kind()) || !secret(a.Key) && !slices.ContainsFunc(groups, secret) {
			return a
		}
		return slog.String(a.Key, redacted)
	}
}

// harmless reports whether a value of this kind can hold no secret.
func harmless(kind slog.Kind) bool {
	switch kind {
	case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindDuration, slog.KindTime:
		return true
	}
	return false
}
