package http_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// trace has the signer trace all requests, and returns where it keeps the traceparent headers that it was given.
func (s *signer) trace(begun messages.Trace) *[]string {
	parents := new([]string)
	s.config.Trace = func(traceparent string) messages.Trace {
		*parents = append(*parents, traceparent)
		return begun
	}
	return parents
}

var sampled = messages.Trace{ID: [16]byte{1}, Span: [8]byte{2}, Parent: [8]byte{3}, Sampled: true}

func TestTraceOfASignature(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSigner()
		parents := s.trace(sampled)
		began := time.Now()
		decode := s.config.Decode
		s.config.Decode = func(body []byte) (messages.Duty, error) {
			time.Sleep(time.Second)
			return decode(body)
		}
		s.config.Sign = func(_ context.Context, request messages.Sign) (messages.Signed, error) {
			time.Sleep(time.Second)
			if request.Trace != sampled {
				t.Errorf("Sign has trace %v", request.Trace)
			}
			return messages.Signed{}, nil
		}
		if reply := s.call("POST", signPath, "{}", "Traceparent", "00-a", "X-Request-Id", "id-1"); reply.Code != 200 {
			t.Fatal(reply.Code)
		}
		if len(*parents) != 1 || (*parents)[0] != "00-a" {
			t.Errorf("traceparent %q", *parents)
		}
		step := observed[messages.StepFinished](s)
		if len(step) != 1 || step[0] != (messages.StepFinished{
			Trace: sampled, Step: messages.StepDecode, Items: 1, Started: began, Took: time.Second,
		}) {
			t.Errorf("steps %+v", step)
		}
		signing := observed[messages.SigningFinished](s)
		if len(signing) != 1 || signing[0].Trace != sampled {
			t.Fatalf("finished %+v", signing)
		}
		whole := observed[messages.RequestFinished](s)
		if len(whole) != 1 || whole[0] != (messages.RequestFinished{
			Signing: signing[0], Route: "POST /api/v1/eth2/sign/{identifier}", Code: 200, Items: 1, Started: began,
		}) {
			t.Errorf("request %+v", whole)
		}
	})
}

// ending is how a traced request ends.
type ending struct {
	code, items, failed int
	outcome             messages.SigningStatus
}

// signsWith and batchesWith replace what signs.
func signsWith(sign func() error) func(*signer) {
	return func(s *signer) {
		s.config.Sign = func(context.Context, messages.Sign) (messages.Signed, error) { return messages.Signed{}, sign() }
	}
}

func batchesWith(sign func(messages.SignBatch) error) func(*signer) {
	return func(s *signer) {
		s.config.SignBatch = func(_ context.Context, request messages.SignBatch) (messages.BatchSigned, error) {
			return messages.BatchSigned{}, sign(request)
		}
	}
}

// TestTraceOfRefusals: every way in which a request can end ends its trace, once.
func TestTraceOfRefusals(t *testing.T) {
	slashable := signsWith(func() error { return fmt.Errorf("%w: x", messages.ErrSlashable) })
	panics := signsWith(func() error { panic("bug") })
	overloaded := batchesWith(func(request messages.SignBatch) error {
		if request.Trace != sampled {
			return errors.New("the batch has no trace")
		}
		return messages.ErrOverloaded
	})
	for name, test := range map[string]struct {
		change     func(*signer)
		path, body string
		want       ending
		decodes    bool
	}{
		"no key":          {nil, "/api/v1/eth2/sign/0x", "{}", ending{400, 1, 1, messages.StatusInvalid}, false},
		"malformed":       {nil, signPath, "{", ending{400, 1, 1, messages.StatusInvalid}, true},
		"slashable":       {slashable, signPath, "{}", ending{412, 1, 1, messages.StatusSlashing}, true},
		"panic":           {panics, signPath, "{}", ending{500, 1, 1, messages.StatusError}, true},
		"batch":           {nil, batchPath, batchBody(identifiers(keyOf(1), "0x", keyOf(2))), ending{200, 3, 1, messages.StatusSigned}, true},
		"malformed batch": {nil, batchPath, "{}", ending{400, 1, 1, messages.StatusInvalid}, true},
		"failed batch":    {overloaded, batchPath, batchBody(identifiers(keyOf(1), "0x")), ending{503, 2, 2, messages.StatusOverloaded}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSigner()
			s.trace(sampled)
			if test.change != nil {
				test.change(s)
			}
			s.call("POST", test.path, test.body)
			s.expectEnding(t, test.want)
			if steps := observed[messages.StepFinished](s); (len(steps) == 1) != test.decodes {
				t.Errorf("steps %+v", steps)
			}
		})
	}
}

func (s *signer) expectEnding(t *testing.T, want ending) {
	t.Helper()
	whole := observed[messages.RequestFinished](s)
	if len(whole) != 1 {
		t.Fatalf("%d endings", len(whole))
	}
	if got := (ending{whole[0].Code, whole[0].Items, whole[0].Failed, whole[0].Signing.Status}); got != want {
		t.Errorf("ended as %+v, want %+v", got, want)
	}
	for _, e := range observed[messages.SigningFinished](s) {
		if e.Trace != sampled {
			t.Errorf("finished without the trace: %+v", e)
		}
	}
}

func TestTraceOfARefusalAtTheGate(t *testing.T) {
	s := newSigner()
	s.trace(sampled)
	a := api.New(s.config)
	if err := a.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	call(a, "POST", signPath, nil)
	whole := observed[messages.RequestFinished](s)
	if len(whole) != 1 || whole[0].Code != 503 || whole[0].Signing.Key.String() != keyHex || whole[0].Signing.Trace != sampled {
		t.Errorf("endings %+v", whole)
	}
}

// TestTraceThatNobodyWants: the line of the request names the trace, and nothing else is told.
func TestTraceThatNobodyWants(t *testing.T) {
	for name, begun := range map[string]messages.Trace{"unsampled": {ID: [16]byte{1}}, "off": {}} {
		t.Run(name, func(t *testing.T) {
			s := newSigner()
			if begun.Known() {
				s.trace(begun)
			}
			s.call("POST", signPath, "{}", "Traceparent", "00-a")
			s.call("POST", batchPath, batchBody(identifiers(keyOf(1))))
			finished := observed[messages.SigningFinished](s)
			if len(s.events) != 2 || len(finished) != 2 || finished[0].Trace != begun || finished[1].Trace != begun {
				t.Errorf("events %+v", s.events)
			}
		})
	}
}

// W3C Trace Context: a request has one traceparent or none that counts.
func TestSeveralTraceparentsAreNone(t *testing.T) {
	s := newSigner()
	parents := s.trace(sampled)
	s.call("POST", signPath, "{}", "Traceparent", "00-a", "traceparent", "00-b")
	s.call("POST", signPath, "{}")
	if len(*parents) != 2 || (*parents)[0] != "" || (*parents)[1] != "" {
		t.Errorf("traceparents %q", *parents)
	}
}

// TestTracingThatIsOffCostsNothing: a traceparent is not even looked at.
func TestTracingThatIsOffCostsNothing(t *testing.T) {
	handler := quiet(newSigner())
	plain, traced := signOnce(handler), signOnce(handler, "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	want := testing.AllocsPerRun(200, plain)
	if got := testing.AllocsPerRun(200, traced); got != want {
		t.Errorf("%v allocations, %v without the header", got, want)
	}
}
