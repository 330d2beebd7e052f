package http_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"containment-chamber/messages"
)

// TestTraceOfACeremony: it is held in the caller's trace, and told of when it is answered.
func TestTraceOfACeremony(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newChamber()
		parents := s.trace(sampled)
		began := time.Now()
		s.chamber.Perform = func(_ context.Context, m messages.PerformCeremony) (messages.CeremonyOutcome, error) {
			time.Sleep(time.Second)
			if m.Trace != sampled {
				t.Errorf("performed in trace %v", m.Trace)
			}
			return messages.CeremonyOutcome{}, nil
		}
		if reply := s.ask("POST", "/seal", "{}", "Authorization", managing, "Traceparent", "00-a", "X-Request-Id", "id-1"); reply.Code != 200 {
			t.Fatal(reply.Code)
		}
		if len(*parents) != 1 || (*parents)[0] != "00-a" {
			t.Errorf("traceparent %q", *parents)
		}
		want := messages.CeremonyAnswered{
			Trace: sampled, Ceremony: messages.CeremonySeal, Route: "POST /api/v1/chamber/seal", Code: 200, RequestID: "id-1", Started: began, Took: time.Second,
		}
		if told := observed[messages.CeremonyAnswered](s.signer); len(told) != 1 || told[0] != want {
			t.Errorf("told %+v\nwant %+v", told, want)
		}
	})
}

// TestTraceOfRefusedCeremonies ends, once, with the status that is answered.
func TestTraceOfRefusedCeremonies(t *testing.T) {
	wrong := fmt.Errorf("%w: the chamber is sealed", messages.ErrWrongState)
	for _, test := range []struct {
		body, ceremony string
		want           error
		code           int
	}{
		{`{"operator":"alice","passphrase":"hidden"}`, messages.CeremonyShare, wrong, 409},
		{`{"operator":"alice"`, "", messages.ErrMalformed, 400},
	} {
		s := newChamber()
		s.trace(sampled)
		s.chamber.Perform = func(_ context.Context, m messages.PerformCeremony) (messages.CeremonyOutcome, error) {
			m.Ceremony.Wipe()
			return messages.CeremonyOutcome{}, wrong
		}
		if reply := s.ask("POST", "/unseal", test.body); reply.Code != test.code {
			t.Errorf("%s: %d", test.body, reply.Code)
		}
		told := observed[messages.CeremonyAnswered](s.signer)
		if len(told) != 1 || told[0].Code != test.code || !errors.Is(told[0].Err, test.want) || told[0].Ceremony != test.ceremony {
			t.Errorf("%s: told %+v", test.body, told)
		}
	}
}

// TestUntracedCeremonies are told of to nobody.
func TestUntracedCeremonies(t *testing.T) {
	unwanted := messages.Trace{ID: [16]byte{1}, Span: [8]byte{2}}
	for _, traced := range []bool{false, true} {
		s := newChamber()
		if traced {
			s.trace(unwanted)
		}
		if reply := s.ask("POST", "/seal", "{}", "Authorization", managing); reply.Code != 200 {
			t.Fatal(reply.Code)
		}
		if told := observed[messages.CeremonyAnswered](s.signer); len(told) != 0 {
			t.Errorf("told %+v", told)
		}
	}
}
