package http

import (
	"context"
	"net/http"
	"time"

	"containment-chamber/messages"
)

// begin begins the trace of a request, or goes on with the caller's. Without Config.Trace it looks at nothing.
func (a *API) begin(r *http.Request) messages.Trace {
	if a.config.Trace == nil {
		return messages.Trace{}
	}
	parents := r.Header["Traceparent"]
	if len(parents) != 1 { // W3C Trace Context: the header comes once
		return a.config.Trace("")
	}
	return a.config.Trace(parents[0])
}

// read is bodies.read, told as a step of the trace.
func (a *API) read(w http.ResponseWriter, r *http.Request, trace messages.Trace, use func([]byte) error) error {
	if !trace.Sampled {
		return a.bodies.read(w, r, use)
	}
	step := messages.StepFinished{Trace: trace, Step: messages.StepDecode, Items: 1, Started: time.Now()}
	step.Err = a.bodies.read(w, r, use)
	step.Took = time.Since(step.Started)
	if step.Err != nil {
		step.Failed = 1
	}
	a.config.Observe(step)
	return step.Err
}

// answered tells how a traced request as a whole ended. It adds what the reply will be.
func (a *API) answered(r *http.Request, event messages.RequestFinished) {
	if !event.Signing.Trace.Sampled {
		return
	}
	event.Route = r.Method + " " + r.Pattern
	event.Code = http.StatusOK
	if err := event.Signing.Err; err != nil {
		event.Code = problemOf(err).status
		event.Failed = event.Items
	}
	a.config.Observe(event)
}

// tracedCeremony is a request for a ceremony in its trace.
type tracedCeremony struct {
	event   messages.CeremonyAnswered
	observe func(messages.Event)
}

// beginCeremony begins the trace of a request for a ceremony.
func (a *API) beginCeremony(r *http.Request, id string) *tracedCeremony {
	return &tracedCeremony{
		messages.CeremonyAnswered{Trace: a.begin(r), Route: r.Method + " " + r.Pattern, Code: http.StatusOK, RequestID: id, Started: time.Now()},
		a.config.Observe,
	}
}

// read has what is read belong to the trace.
func (t *tracedCeremony) read(read reading) reading {
	return func(ctx context.Context, r *http.Request, body []byte) (messages.PerformCeremony, error) {
		m, err := read(ctx, r, body)
		if err == nil {
			m.Trace, t.event.Ceremony = t.event.Trace, m.Ceremony.Name()
		}
		return m, err
	}
}

// end tells how it ended, if somebody wants to know.
func (t *tracedCeremony) end(err error) {
	if !t.event.Trace.Sampled {
		return
	}
	if err != nil {
		t.event.Err, t.event.Code = err, problemOf(err).status
	}
	t.event.Took = time.Since(t.event.Started)
	t.observe(t.event)
}
