package config

import "testing"

func TestNames(t *testing.T) {
	s := Setting{Key: "key_sources.filesystem.password_file"}
	if got, want := s.Env(), "CONTAINMENT_KEY_SOURCES__FILESYSTEM__PASSWORD_FILE"; got != want {
		t.Errorf("got variable %s, want %s", got, want)
	}
	if got, want := s.Flag(), "key-sources-filesystem-password-file"; got != want {
		t.Errorf("got flag %s, want %s", got, want)
	}
}

// The test is inside the package because no key of this version is a secret.
func TestSecretsAreMasked(t *testing.T) {
	s := Setting{Secret: true, value: text{into: func(c *Config) *string { return &c.Network }}}
	for value, want := range map[string]string{"hunter2": `"********"`, "": `""`} {
		if got := s.shown(&Config{Network: value}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
