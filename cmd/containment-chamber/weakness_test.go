package main

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

func TestWeaknessIsReportedOnce(t *testing.T) {
	for _, test := range []struct {
		name     string
		weakness error
		want     int
	}{
		{"all is protected", nil, 0},
		{"something is not", errors.New("not locked"), 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out bytes.Buffer
			log := slog.New(slog.NewTextHandler(&out, nil))
			s := &signer{log: log, system: actors.NewSystem(log)}
			s.reportWeakness(func() error { return test.weakness })
			s.system.Publish(messages.SlashingStoreUp{})
			if out.Len() > 0 {
				t.Errorf("before there are keys: %s", out.String())
			}
			s.system.Publish(messages.KeysChanged{Added: 1})
			s.system.Publish(messages.KeysChanged{Added: 1})
			if got := strings.Count(out.String(), "not fully protected"); got != test.want {
				t.Errorf("%d lines, want %d:\n%s", got, test.want, out.String())
			}
		})
	}
}
