package config_test

import (
	"testing"

	"containment-chamber/config"
)

func TestNames(t *testing.T) {
	s := config.Setting{Key: "key_sources.filesystem.password_file"}
	if got, want := s.Env(), "CONTAINMENT_KEY_SOURCES__FILESYSTEM__PASSWORD_FILE"; got != want {
		t.Errorf("got variable %s, want %s", got, want)
	}
	if got, want := s.Flag(), "key-sources-filesystem-password-file"; got != want {
		t.Errorf("got flag %s, want %s", got, want)
	}
}
