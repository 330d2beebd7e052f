package config

import "strings"

// renamed maps keys of the original's older versions to today's, the longer ones first. A key stands for all beneath it.
var renamed = [...]struct{ old, now string }{
	{"key_sources.filesystem.keystores_path", "key_sources.filesystem.paths"},
	{"key_sources.key_manager_api", "http.key_manager_api"},
	{"filesystem.keystores_path", "key_sources.filesystem.paths"},
	{"anti_slashing.sqlite_path", "anti_slashing.path"},
	{"antislashing.sqlite_path", "anti_slashing.path"},
	{"metrics.refresh_interval", "metrics.refresh_interval_seconds"},
	{"antislashing", "anti_slashing"},
	{"auth_policies", "auth.policies"},
	{"filesystem", "key_sources.filesystem"},
}

// later lists keys that the product will have; each stands for all beneath it.
var later = [...]string{
	"auth.policies", "chamber.keys",
	"http.allowed_cidrs", "http.key_manager_api",
	"key_sources.dynamodb", "key_sources.postgres",
	"metrics.allowed_cidrs", "tee", "tls",
}

// explain says why a key of the file is unknown, and what to write instead.
func explain(key string) string {
	return explainWith(key, keysAndSections(), func(key string) string { return key })
}

// explainVariable does the same for the key that a variable names.
func explainVariable(key string) string { return explainWith(key, keys(), envName) }

func explainWith(key string, candidates []string, spell func(string) string) string {
	if now, ok := successor(key); ok {
		text := "renamed; write " + spell(now)
		if isLater(now) {
			text = "renamed to " + spell(now) + ", which is not available in this version; remove it"
		}
		return text
	}
	if isLater(key) {
		return "known, but not available in this version; remove it"
	}
	if near := nearestKey(key, candidates); near != "" {
		return "unknown key; did you mean " + spell(near) + "?"
	}
	return "unknown key; remove it"
}

func successor(key string) (string, bool) {
	for _, r := range renamed {
		if key == r.old || strings.HasPrefix(key, r.old+".") {
			return r.now + strings.TrimPrefix(key, r.old), true
		}
	}
	return "", false
}

func isLater(key string) bool {
	for _, l := range later {
		if key == l || strings.HasPrefix(key, l+".") {
			return true
		}
	}
	return false
}

func keys() []string {
	var all []string
	for _, s := range settings {
		all = append(all, s.Key)
	}
	return all
}

func keysAndSections() []string {
	all := keys()
	for _, s := range sections {
		all = append(all, s.key)
	}
	return all
}

// isKeyLike reports whether every part of key could be a name that someone chose for a setting.
func isKeyLike(key string) bool {
	for part := range strings.SplitSeq(strings.ToLower(key), ".") {
		if part == "" || len(part) > 40 || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
			return false
		}
	}
	return true
}
