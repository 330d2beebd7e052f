package telemetry_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"containment-chamber/telemetry"
)

// secretValue has the form of a value that must not be logged.
type secretValue struct{}

func (secretValue) LogValue() slog.Value { return slog.StringValue("hunter2") }

func TestRedaction(t *testing.T) {
	for name, test := range map[string]struct {
		attr   slog.Attr
		hidden bool
	}{
		"password":                     {slog.String("password", "hunter2"), true},
		"passphrase":                   {slog.String("Passphrase", "hunter2"), true},
		"private_key":                  {slog.String("private_key", "hunter2"), true},
		"privateKey":                   {slog.String("privateKey", "hunter2"), true},
		"secret":                       {slog.String("client-secret", "hunter2"), true},
		"token":                        {slog.String("api_token", "hunter2"), true},
		"tokens":                       {slog.Any("tokens", []string{"hunter2"}), true},
		"share":                        {slog.Any("share", []byte("hunter2")), true},
		"authorization":                {slog.String("Authorization", "Basic hunter2"), true},
		"in a group":                   {slog.Group("operator", "unseal_share", "hunter2"), true},
		"in a group of that name":      {slog.Group("secrets", slog.Group("of", "alice", "hunter2")), true},
		"a value that says what it is": {slog.Any("token", secretValue{}), true},
		"name of a token":              {slog.String("token_id", "hunter2"), false},
		"index of a share":             {slog.String("share_index", "hunter2"), false},
		"file of a password":           {slog.String("password_file", "hunter2"), false},
		"public key":                   {slog.String("pubkey", "hunter2"), false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, format := range []string{telemetry.FormatText, telemetry.FormatJSON} {
				var log bytes.Buffer
				logger, err := telemetry.NewLogger(telemetry.LogConfig{Writer: &log, Format: format})
				if err != nil {
					t.Fatal(err)
				}
				logger.LogAttrs(t.Context(), slog.LevelInfo, "m", test.attr)
				logger.With(test.attr).Info("m")
				shown, marked := strings.Count(log.String(), "hunter2"), strings.Count(log.String(), "[redacted]")
				if test.hidden && (shown != 0 || marked != 2) || !test.hidden && (shown != 2 || marked != 0) {
					t.Errorf("%s: %s", format, &log)
				}
			}
		})
	}
}

func TestNumbersAreNotSecret(t *testing.T) {
	var log bytes.Buffer
	newLogger(t, &log, "").Info("m", "shares", 2, "has_password", true)
	line := lines(t, &log)[0]
	if line["shares"] != 2.0 || line["has_password"] != true {
		t.Errorf("got %v", line)
	}
}
