package messages

import (
	"encoding/hex"
	"log/slog"
	"time"
)

// Trace places a request in a distributed trace (W3C Trace Context). The zero Trace is that of a request that nobody
// traces.
type Trace struct {
	// ID is the trace's, the caller's own where it sent one.
	ID [16]byte
	// Span is the request itself, and the parent of its steps.
	Span [8]byte
	// Parent is the caller's span; zero where the trace begins here.
	Parent [8]byte
	// Sampled says that the trace is wanted: then, and only then, are [StepFinished], [RequestFinished], [PartFinished] and
	// [CeremonyAnswered] published.
	Sampled bool
}

// Known reports whether the request has a trace, wanted or not.
func (t Trace) Known() bool { return t.ID != [16]byte{} }

// Step is a part of the life of a request for signatures, under the name that its span has.
type Step string

// The steps, in their order. A request that is refused does not reach all of them.
const (
	// StepDecode reads the body and computes the signing root.
	StepDecode Step = "decode"
	// StepAuthorize decides what can be decided without a record: deadline, key, chain, a free permit.
	StepAuthorize Step = "authorize"
	// StepRecord waits for slashing protection to judge the duty and record it, together with others.
	StepRecord Step = "slashing check"
	// StepQueue waits for a signer to be free.
	StepQueue Step = "queue"
	// StepSign signs.
	StepSign Step = "bls sign"
)

// StepFinished says that a traced request has gone through a step. Of a batch it is published once for all keys: from
// the first that entered the step until the last that left it.
type StepFinished struct {
	Trace     Trace
	Step      Step
	Operation Operation // empty where it is not known
	Key       PublicKey // zero where it is not known, and for a batch
	// Items is how many signatures the step was about, Failed how many of them ended in it, and Err why the first did.
	Items, Failed int
	Err           error
	Started       time.Time
	Took          time.Duration
}

// RequestFinished says that a traced request for signatures is answered, right before the answer is written.
type RequestFinished struct {
	// Signing is how it ended; the key of a batch is zero.
	Signing SigningFinished
	// Route is its method and its path's pattern, Code the HTTP status.
	Route string
	Code  int
	// Items is how many signatures were asked for, Failed how many of them were refused.
	Items, Failed int
	Started       time.Time
}

// Line implements [Event].
func (e StepFinished) Line() Line {
	return Line{slog.LevelDebug, TargetSigning, "step finished", []slog.Attr{
		slog.String("step", string(e.Step)), e.Trace.attr(), slog.Int("items", e.Items), slog.Int("failed", e.Failed),
		millis("took_ms", e.Took), cause(e.Err),
	}}
}

// Line implements [Event].
func (e RequestFinished) Line() Line {
	return Line{slog.LevelDebug, TargetHTTP, "request traced", []slog.Attr{
		slog.String("route", e.Route), slog.Int("status", e.Code), slog.String("request_id", e.Signing.RequestID), e.Signing.Trace.attr(),
		slog.Int("items", e.Items), slog.Int("failed", e.Failed), millis("took_ms", e.Signing.Took),
	}}
}

// attr is how the lines of a request name its trace.
func (t Trace) attr() slog.Attr { return slog.String("trace_id", hex.EncodeToString(t.ID[:])) }

func (StepFinished) event()    {}
func (RequestFinished) event() {}
