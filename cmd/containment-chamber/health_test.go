package main

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"containment-chamber/messages"
)

// An actor that hangs shows in /healthcheck and in the metric, by name, while everything else goes on; when it does not
// come back, the process ends with the code that has it started anew.
func TestHang(t *testing.T) {
	t.Parallel()
	i := begin(t, 1, map[string]string{"watchdog-give-up-seconds": "6"}, nil)
	if status, body, _, err := i.get(i.api + "/healthcheck"); err != nil || status != 200 {
		t.Fatalf("before: %d %v %s", status, err, body)
	}
	i.system.Hang("chamber/keys", time.Minute)
	var body string
	for begun := time.Now(); !strings.Contains(body, "unresponsive"); {
		if time.Since(begun) > 30*time.Second {
			t.Fatalf("the hang does not show: %s", body)
		}
		_, body, _, _ = i.get(i.api + "/healthcheck") // it may have ended already; then the time is up
	}
	if !strings.Contains(body, `"unresponsive":["chamber/keys"]`) {
		t.Error(body)
	}
	if _, body, _, err := i.get(i.metrics + "/metrics"); err != nil || !strings.Contains(body, "\ncontainment_healthy 0\n") {
		t.Errorf("containment_healthy is not 0: %v", err)
	}
	if status, err := i.sign(0, ballot(2, 1)); err != nil || status != 200 {
		t.Errorf("signing while the keys actor hangs: %d %v", status, err)
	}
	err := <-i.ended
	var exit *exitError
	if !errors.As(err, &exit) || exit.code != exitFailStop || !strings.Contains(err.Error(), "chamber/keys has hung") {
		t.Errorf("ended with %v", err)
	}
}

func TestMissed(t *testing.T) {
	s := &signer{}
	s.parts.chamber.Signing.Workers = 2
	for _, test := range []struct{ away, want []string }{
		{nil, nil},
		{[]string{"chamber/keys", "chamber/signing/worker-01"}, []string{"chamber/keys"}},
		{[]string{"chamber/signing"}, []string{"chamber/signing"}},
		{[]string{"chamber/signing/worker-00", "chamber/signing/worker-01"}, []string{"chamber/signing/worker-00", "chamber/signing/worker-01"}},
	} {
		if got := s.missed(test.away); !slices.Equal(got, test.want) {
			t.Errorf("%v: got %v, want %v", test.away, got, test.want)
		}
	}
}

func TestStoreHealth(t *testing.T) {
	cause := errors.New("no space left")
	var h storeHealth
	for _, test := range []struct {
		event messages.Event
		want  error
	}{
		{messages.SlashingStoreUp{}, nil},
		{messages.SlashingStoreDown{Cause: cause}, cause},
		{messages.SlashingStoreFailed{Cause: errors.New("other")}, cause},
		{messages.SlashingStoreUp{}, nil},
		{messages.SlashingStoreDown{Cause: cause}, cause},
		{messages.DutiesChecked{}, nil}, // a commit is the best proof
	} {
		if h.observe(test.event); h.trouble() != test.want {
			t.Errorf("after %T: %v, want %v", test.event, h.trouble(), test.want)
		}
	}
	for _, want := range []messages.StoreSuspect{{}, {Refused: 2}, {}} {
		if want != h.suspect() {
			h.observe(want)
		}
		if h.suspect() != want {
			t.Errorf("suspect %+v, want %+v", h.suspect(), want)
		}
	}
}
