package config

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

const envPrefix = "CONTAINMENT_"

// logVariables override logging.level; the first one set wins. RUST_LOG is for those who come from the original.
var logVariables = [...]string{envPrefix + "LOG", "RUST_LOG"}

// environment lays the variables over the file.
func (l *loader) environment(env []string) {
	values := map[string]string{}
	for _, pair := range env {
		if name, value, _ := strings.Cut(pair, "="); value != "" {
			values[name] = value
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if strings.HasPrefix(name, envPrefix) && !slices.Contains(logVariables[:], name) {
			l.variable(name, name, values[name])
		}
	}
	for _, name := range logVariables {
		if values[name] != "" {
			l.variable(name, envName("logging.level"), values[name])
			return
		}
	}
}

// variable takes the value of the variable called name as that of the variable called canonical.
func (l *loader) variable(name, canonical, value string) {
	key := strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(canonical, envPrefix)), "__", ".")
	s, known := find(key)
	switch {
	case known:
		l.set(s, found{name, "env " + name, s.items(value)})
	case !isServiceLink(name, value):
		l.complain(name, explainVariable(key))
	}
}

// isServiceLink reports whether Kubernetes made the variable, to point at a Service in the same namespace
// (https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
func isServiceLink(name, value string) bool {
	if strings.Contains(name, "__") {
		return false
	}
	if strings.HasSuffix(name, "_PORT") && strings.Contains(value, "://") {
		return true
	}
	return regexp.MustCompile(`_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$`).MatchString(name)
}
