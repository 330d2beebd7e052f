package actors_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

func TestObserveAndUnsubscribe(t *testing.T) {
	s := actors.NewSystem(slog.New(slog.DiscardHandler))
	s.Publish(messages.SlashingStoreUp{}) // to nobody
	var a, b int
	cancel := s.Observe(func(messages.Event) { a++ })
	s.Observe(func(messages.Event) { b++ })
	s.Publish(messages.SlashingStoreUp{})
	cancel()
	cancel()
	s.Publish(messages.SlashingStoreUp{})
	equal(t, "the one that left", a, 1)
	equal(t, "the one that stayed", b, 2)
}

func TestAnObserverMayLeaveWhileItObserves(t *testing.T) {
	s := actors.NewSystem(slog.New(slog.DiscardHandler))
	seen := 0
	var cancel func()
	cancel = s.Observe(func(messages.Event) {
		seen++
		cancel()
	})
	s.Publish(messages.SlashingStoreUp{})
	s.Publish(messages.SlashingStoreUp{})
	equal(t, "seen", seen, 1)
}

func TestObserversComeAndGoDuringEvents(t *testing.T) {
	s := actors.NewSystem(slog.New(slog.DiscardHandler))
	seen := 0 // by the one that stays: events come from one goroutine
	s.Observe(func(messages.Event) { seen++ })
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				s.Observe(func(messages.Event) {})()
			}
		})
	}
	for range 200 {
		s.Publish(messages.SlashingStoreUp{})
	}
	wg.Wait()
	equal(t, "seen", seen, 200)
}

// A panicking observer costs itself the event. The publisher, the other observers and the actor live on.
func TestAPanickingObserverHarmsNobody(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		for range 2 { // two, so that the report of one meets the other
			k.System.Observe(func(messages.Event) { panic(marker) })
		}
		var last []messages.Event
		k.System.Observe(func(e messages.Event) { last = append(last, e) })
		to := actorstest.Spawn[slashing](k, spec("store", answers))
		last = nil
		tell(k, to, func(c *actors.Context) { c.Publish(messages.SlashingStoreUp{}) })
		want := messages.ObserverPanicked{Cause: "panic of type string"}
		if len(last) != 3 || last[0] != want || last[1] != want || last[2] != (messages.SlashingStoreUp{}) {
			t.Errorf("got %v", last)
		}
		if _, err := actorstest.Ask(k, to, getHealth{}); err != nil {
			t.Errorf("the publisher: %v", err)
		}
		equal(t, "panics of actors", len(actorstest.Events[messages.ActorPanicked](k)), 0)
	})
}

// What the engine says is passed on from Warn up, and without data.
func TestEngineLogIsReducedToTypes(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(actors.EngineLog(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})))
	log.Info("quiet", "message", marker)
	equal(t, "below Warn", out.String(), "")
	log.With("with", marker).WithGroup("g").Warn("loud", "message", carrier{secret: marker}, "reason", secretError{marker}, "text", marker, "n", 7)
	got := out.String()
	if strings.Contains(got, marker) {
		t.Errorf("leaked: %s", got)
	}
	for _, want := range []string{`"actor engine: loud"`, "with=string", "g.message=actors_test.carrier", "g.reason=actors_test.secretError", "g.text=string", "g.n=7"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}
