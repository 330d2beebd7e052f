package messages_test

import (
	"errors"
	"log/slog"
	"testing"

	"containment-chamber/messages"
)

// attrs are the attributes of an event's line, as text.
func attrs(e messages.Event) map[string]string {
	found := map[string]string{}
	for _, a := range e.Line().Attrs {
		found[a.Key] = a.Value.String()
	}
	return found
}

func TestLinesNameTheTrace(t *testing.T) {
	const id = "0102000000000000000000000000000f"
	traced := messages.Trace{ID: [16]byte{1, 2, 15: 15}}
	for _, e := range []messages.Event{
		messages.SigningFinished{Trace: traced},
		messages.StepFinished{Trace: traced, Step: messages.StepSign, Err: errors.New("x")},
		messages.RequestFinished{Signing: messages.SigningFinished{Trace: traced}},
		messages.PartFinished{Part: messages.Part{Trace: traced}},
		messages.CeremonyAnswered{Trace: traced},
	} {
		if got := attrs(e)["trace_id"]; got != id {
			t.Errorf("%T: trace_id is %q", e, got)
		}
	}
	if got, found := attrs(messages.SigningFinished{})["trace_id"]; found {
		t.Errorf("a request without a trace has trace_id %q", got)
	}
}

// What is published for every traced request is for those who look for it.
func TestStepsAreDebugLines(t *testing.T) {
	for _, e := range []messages.Event{messages.StepFinished{}, messages.RequestFinished{}, messages.PartFinished{}, messages.CeremonyAnswered{}} {
		if got := e.Line().Level; got != slog.LevelDebug {
			t.Errorf("%T has level %v", e, got)
		}
	}
}
