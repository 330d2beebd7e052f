package telemetry_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"pgregory.net/rapid"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func TestRegisteringTwicePanicsWithAConstant(t *testing.T) {
	reg := prometheus.NewRegistry()
	telemetry.New(telemetry.Config{Registerer: reg})
	defer func() {
		if got := recover(); got != "telemetry: a metric of this name is already registered" {
			t.Errorf("panicked with %v", got)
		}
	}()
	telemetry.New(telemetry.Config{Registerer: reg})
}

// TestAnyLabelIsAccepted feeds arbitrary bytes wherever a label comes from: nothing panics, and the scrape works.
func TestAnyLabelIsAccepted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(rt, "text"))
		reg := prometheus.NewRegistry()
		m := telemetry.New(telemetry.Config{
			Registerer: reg,
			Build:      telemetry.Build{Version: text, Commit: text, Timestamp: text},
			Network:    telemetry.Network{Name: text, GenesisValidatorsRoot: text, GenesisForkVersion: text},
			Actors:     []string{text}, Queues: []string{text}, Sources: []string{text},
			Mailboxes: func() map[string]int { return map[string]int{text: 1} },
		})
		m.SetSignerState(telemetry.SignerState(text))
		for _, event := range []messages.Event{
			messages.SigningFinished{Status: messages.SigningStatus(text), Duty: messages.Duty{Operation: messages.Operation(text)}},
			messages.DutyRefused{Operation: messages.Operation(text)},
			messages.QueueRefused{Queue: text},
			messages.ActorPanicked{Actor: text}, messages.ActorRestarted{Actor: text}, messages.ActorGaveUp{Actor: text},
			messages.MessageDeadLettered{Type: text},
			messages.KeysChanged{Source: text}, messages.KeysLoaded{Source: text},
			messages.KeyLoadFailed{Failure: messages.KeyFailure{Source: text}},
		} {
			m.Observe(event)
		}
		if _, err := reg.Gather(); err != nil {
			rt.Fatal(err)
		}
	})
}
