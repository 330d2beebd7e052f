package config

import "strings"

// Setting describes one key.
type Setting struct {
	// Key is the path in the file, such as server.listen_port.
	Key string
	// Default is the text that stands for the default; empty where the default is to have no value.
	Default string
	// Doc is the meaning, in one or two sentences.
	Doc string
	// Aliases are further names of the flag, without dashes in front.
	Aliases []string
	// Secret says that the value must not be shown.
	Secret bool

	value kind
}

// Type says what may be written, so that it completes "must be …".
func (s Setting) Type() string { return s.value.form() }

// Env is the name of the environment variable: two underscores separate levels.
func (s Setting) Env() string { return envName(s.Key) }

// Flag is the name of the command-line flag, without dashes in front.
func (s Setting) Flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(s.Key) }

// shown is the value that c holds, as YAML, unless it is a secret.
func (s Setting) shown(c *Config) string {
	text := s.value.show(c)
	if s.Secret && text != `""` {
		return `"********"`
	}
	return text
}

// items splits what one variable, flag or default says.
func (s Setting) items(text string) []string {
	if _, many := s.value.(list); !many {
		return []string{text}
	}
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "__"))
}

func find(key string) (Setting, bool) {
	for _, s := range settings {
		if s.Key == key {
			return s, true
		}
	}
	return Setting{}, false
}

// isSection reports whether some setting lies beneath key.
func isSection(key string) bool {
	for _, s := range settings {
		if strings.HasPrefix(s.Key, key+".") {
			return true
		}
	}
	return false
}
