package telemetry_test

import (
	"io"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

func signed() messages.SigningFinished {
	return messages.SigningFinished{
		Key:    messages.PublicKey{0xab, 0xcd},
		Duty:   messages.Duty{Operation: messages.Attestation, Slot: 9_600_001, SourceEpoch: 300_000, TargetEpoch: 300_001},
		Status: messages.StatusSigned, Took: 1234 * time.Microsecond, RequestID: "JVW4QZ2GZB5XKJ7KIQWM2Q5RSD",
	}
}

// BenchmarkSigningLine is what the log costs for each signature.
func BenchmarkSigningLine(b *testing.B) {
	for name, level := range map[string]string{"written": "info", "off": "audit=off"} {
		b.Run(name, func(b *testing.B) {
			logger, err := telemetry.NewLogger(telemetry.LogConfig{Writer: io.Discard, Format: telemetry.FormatJSON, Level: level})
			if err != nil {
				b.Fatal(err)
			}
			observe := telemetry.Observer(logger)
			var event messages.Event = signed()
			b.ReportAllocs()
			for b.Loop() {
				observe(event)
			}
		})
	}
}

// BenchmarkScrape gathers what a signer with 10,000 keys shows: keys are counted, never listed.
func BenchmarkScrape(b *testing.B) {
	m, reg := newMetrics()
	m.Observe(messages.KeysChanged{Source: "filesystem", Added: 10_000, Total: 10_000})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := prometheus.Gatherer(reg).Gather(); err != nil {
			b.Fatal(err)
		}
	}
}
