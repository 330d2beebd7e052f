package actors_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

// started is a system of one actor, outside any bubble: virtual time costs what it saves.
func started(tb testing.TB, s actors.Spec) (*actors.System, ref) {
	system := actors.NewSystem(slog.New(slog.DiscardHandler))
	to := actors.Start[slashing](system, s)
	tb.Cleanup(func() {
		if err := system.Stop(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return system, to
}

// The hot path costs one ask: a ceiling on allocations holds on noisy machines, where one on time would not.
func TestAskAllocatesLittle(t *testing.T) {
	_, to := started(t, spec("store", answers))
	ctx := t.Context()
	if n := testing.AllocsPerRun(1000, func() { _, _ = actors.Ask(ctx, to, getHealth{}) }); n > 8 {
		t.Errorf("an ask allocates %v times, at most 8 are allowed", n)
	}
}

func BenchmarkAsk(b *testing.B) {
	s := spec("store", answers)
	s.Mailbox = 1 << 20 // never full
	b.Run("sequential", func(b *testing.B) {
		_, to := started(b, s)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := actors.Ask(b.Context(), to, getHealth{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		_, to := started(b, s)
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := actors.Ask(b.Context(), to, getHealth{}); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// What is refused must cost less than what is served: an overload is when it comes most.
func BenchmarkRefused(b *testing.B) {
	s := spec("store", answers)
	s.Mailbox = 0
	_, to := started(b, s)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := actors.Ask(b.Context(), to, getHealth{}); !errors.Is(err, messages.ErrOverloaded) {
			b.Fatal(err)
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	system := actors.NewSystem(slog.New(slog.DiscardHandler))
	for range 2 {
		system.Observe(func(messages.Event) {})
	}
	b.ReportAllocs()
	for b.Loop() {
		system.Publish(messages.SlashingStoreUp{})
	}
}
