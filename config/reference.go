package config

import "strings"

// sections says what the settings beneath each section are about.
var sections = [...]struct{ key, doc string }{
	{"server", "The signing API."},
	{"http", "Limits of the signing API."},
	{"signing", "The signing pipeline."},
	{"metrics", "The metrics server, for Prometheus."},
	{"key_sources", "Where keys come from."},
	{"key_sources.filesystem", "Key files: Web3Signer's YAML descriptors and EIP-2335 keystores."},
	{"key_sources.filesystem.cache", "The encrypted key cache: thousands of keystores are decrypted once, not at each start."},
	{"key_sources.sqlite", "Keys under the master key, in a SQLite file that several processes may use."},
	{"signer_state", "The signer state: what all replicas of a chamber share. Keys and slashing protection are kept elsewhere."},
	{"chamber", "The chamber, of a signer that has a signer state."},
	{"chamber.ceremony", "Ceremonies: what operators do to open, seal and change the chamber."},
	{"aws", "Amazon Web Services."},
	{"anti_slashing", "Slashing protection (EIP-3076)."},
	{"anti_slashing.prune", "Deleting old history, while the signer runs."},
	{"watchdog", "The watch over parts of the signer that hang: they are named in /healthcheck and in the audit log."},
	{"auth", "Access to the signing API."},
	{"audit", "The audit stream: what was signed, refused, restarted, changed."},
	{"logging", "The log."},
	{"opentelemetry", "Traces."},
}

const preamble = `# Every key of containment-chamber, with its default. Nothing here needs to be written down unless it differs.
# Flags beat the environment, the environment beats this file. The variable of a key stands below its meaning, in
# brackets; the flag of server.listen_port is --server-listen-port, and so on. In variables and flags, the items of a
# list are separated by commas.
`

// Reference is a configuration file with every key, its meaning and its default. It is generated from [Settings].
func Reference() string {
	c := defaults()
	return preamble + outline(
		func(section, indent string) string {
			return "\n" + indent + "# " + sectionDoc(section) + "\n" + heading(section, indent)
		},
		func(s Setting, indent string) string {
			gap := ""
			if !strings.Contains(s.Key, ".") {
				gap = "\n"
			}
			return gap + indent + "# " + s.Doc + "\n" +
				indent + "# " + strings.ToUpper(s.Type()[:1]) + s.Type()[1:] + ". [" + s.Env() + "]\n" +
				entry(s, indent, c) + "\n"
		})
}

// outline lays out all settings as YAML: section opens a section, line writes a setting, each at its indentation.
func outline(section func(key, indent string) string, line func(s Setting, indent string) string) string {
	var b strings.Builder
	opened := map[string]bool{}
	for _, s := range settings {
		parts := strings.Split(s.Key, ".")
		last := len(parts) - 1
		for depth := 1; depth <= last; depth++ {
			key := strings.Join(parts[:depth], ".")
			if !opened[key] {
				opened[key] = true
				b.WriteString(section(key, strings.Repeat("  ", depth-1)))
			}
		}
		b.WriteString(line(s, strings.Repeat("  ", last)))
	}
	return b.String()
}

func heading(section, indent string) string {
	_, name := splitKey(section)
	return indent + name + ":\n"
}

func entry(s Setting, indent string, c *Config) string {
	_, name := splitKey(s.Key)
	return indent + name + ": " + s.shown(c)
}

func sectionDoc(key string) string {
	for _, s := range sections {
		if s.key == key {
			return s.doc
		}
	}
	return "" // unreachable: a test checks that every section has its text
}
