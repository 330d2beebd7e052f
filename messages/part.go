package messages

import (
	"crypto/rand"
	"log/slog"
	"time"
)

// Part is a part of something that takes its time: of a ceremony, or of a refresh of the signer state. Unlike a step, it
// may have parts itself.
type Part struct {
	// Trace is that of the part: its Span is the part's own, its Parent that of what it is a part of. Parts of the part
	// begin with it.
	Trace Trace
	// Name is what its span is called.
	Name    string
	Started time.Time
}

// Part begins a part. It costs nothing, and is zero, if nobody wants the trace.
func (t Trace) Part(name string) Part {
	if !t.Sampled {
		return Part{}
	}
	inner := Trace{ID: t.ID, Parent: t.Span, Sampled: true}
	_, _ = rand.Read(inner.Span[:]) // never fails
	return Part{inner, name, time.Now()}
}

// Whole is the part that is all of a trace.
func (t Trace) Whole(name string) Part {
	if !t.Sampled {
		return Part{}
	}
	return Part{t, name, time.Now()}
}

// End publishes how a part has ended, if somebody wants to know. About says what it was about, without any secret: a
// ceremony, a component; it may be zero.
func (p Part) End(publish func(Event), about slog.Attr, err error) {
	if p.Trace.Sampled {
		publish(PartFinished{Part: p, About: about, Err: err, Took: time.Since(p.Started)})
	}
}

// PartFinished says that a traced part has ended.
type PartFinished struct {
	Part  Part
	About slog.Attr
	Err   error
	Took  time.Duration
}

// CeremonyAnswered says that a traced request for a ceremony is answered, right before the answer is written.
type CeremonyAnswered struct {
	Trace Trace
	// Ceremony is empty when the request was refused before it was read.
	Ceremony string
	// Route is its method and its path's pattern, Code the HTTP status.
	Route     string
	Code      int
	RequestID string
	Err       error
	Started   time.Time
	Took      time.Duration
}

// Line implements [Event].
func (e PartFinished) Line() Line {
	return Line{slog.LevelDebug, TargetApp, "part finished", []slog.Attr{
		slog.String("part", e.Part.Name), e.About, e.Part.Trace.attr(), millis("took_ms", e.Took), cause(e.Err),
	}}
}

// Line implements [Event].
func (e CeremonyAnswered) Line() Line {
	return Line{slog.LevelDebug, TargetHTTP, "ceremony traced", []slog.Attr{
		slog.String("ceremony", orDash(e.Ceremony)), slog.String("route", e.Route), slog.Int("status", e.Code),
		slog.String("request_id", e.RequestID), e.Trace.attr(), millis("took_ms", e.Took), cause(e.Err),
	}}
}

func (PartFinished) event()     {}
func (CeremonyAnswered) event() {}
