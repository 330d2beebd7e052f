package http

import (
	"cmp"
	"context"
	"time"

	"containment-chamber/messages"
)

// Config is what an API is made of. All functions but Trace are required; they are called by many goroutines at once. A limit that
// is zero takes the default that its comment names.
type Config struct {
	// Decode reads the body of a sign request, or the signing_request of a batch. It is pure. The body is overwritten after
	// it returns: neither the duty nor the error may hold on to it. Errors wrap sentinels of messages; the duty beside one is
	// what was understood, for the record only.
	Decode func(body []byte) (messages.Duty, error)
	// BatchAllowed reports whether a batch may ask for the operation.
	BatchAllowed func(messages.Operation) bool
	// Sign answers until the deadline of the request.
	Sign func(context.Context, messages.Sign) (messages.Signed, error)
	// SignBatch answers with one result for each key, in order, within the context's deadline.
	SignBatch func(context.Context, messages.SignBatch) (messages.BatchSigned, error)
	// PublicKeys returns the ring that is loaded.
	PublicKeys func(context.Context) (messages.KeyRing, error)
	// Reload has all key sources read again, in the background. Its error is messages.ErrReloading when they are being read.
	Reload func(context.Context, messages.ReloadKeys) (messages.ReloadAccepted, error)
	// ReloadStatus says how the last reload went.
	ReloadStatus func(context.Context, messages.GetReloadStatus) (messages.ReloadStatus, error)
	// Health gathers the checks of /healthcheck within the context's deadline, 800 ms: Vero stops waiting after 1 s.
	Health func(context.Context) Health
	// Observe is told facts: SigningFinished, RequestRefused, QueueRefused, HandlerPanicked, and of traced requests
	// RequestFinished and StepFinished, or CeremonyAnswered. It must not block.
	Observe func(messages.Event)
	// Trace begins the trace of a request for signatures or a ceremony, or goes on with that of its traceparent header, which is empty
	// when there is none. It must not block. Nil traces nothing.
	Trace func(traceparent string) messages.Trace
	// ObserveError is told the status of each reply of 400 and above. It must not block.
	ObserveError func(status int)

	// Chamber is what the routes of the chamber are made of; nil when there is none: they are answered 404.
	Chamber *Chamber
	// TrustedProxies may say in X-Forwarded-For for whom they speak.
	TrustedProxies Networks

	// RequestTimeout bounds a request from its first handler to its answer; default 30 s, at most 90 s (the server stops
	// writing after 2 min).
	RequestTimeout time.Duration
	// BodyTimeout bounds the reading of a body; default 10 s.
	BodyTimeout time.Duration
	// MaxBodyBytes bounds a body; default 10 MiB, as Web3Signer.
	MaxBodyBytes int
	// MaxConcurrent bounds the sign requests in flight; default 2,048. Each may hold a body of 64 KiB: 128 MiB at worst.
	MaxConcurrent int
	// Full reports whether no signature can be admitted at this moment, so that a request for one need not be read to be
	// refused. If nil, every request is read.
	Full func() bool
	// MaxLargeBodies bounds the bodies above 64 KiB in flight; default 8, with the default of MaxBodyBytes 80 MiB at worst.
	MaxLargeBodies int
	// MaxBatch bounds the identifiers of one batch; default 5,000.
	MaxBatch int
}

func (c Config) withDefaults() Config {
	c.RequestTimeout = cmp.Or(c.RequestTimeout, 30*time.Second)
	c.BodyTimeout = cmp.Or(c.BodyTimeout, 10*time.Second)
	c.MaxBodyBytes = cmp.Or(c.MaxBodyBytes, 10<<20)
	c.MaxConcurrent = cmp.Or(c.MaxConcurrent, 2048)
	c.MaxLargeBodies = cmp.Or(c.MaxLargeBodies, 8)
	c.MaxBatch = cmp.Or(c.MaxBatch, 5000)
	return c
}

func (c Config) complete() bool {
	return c.Decode != nil && c.BatchAllowed != nil && c.Sign != nil && c.SignBatch != nil && c.PublicKeys != nil &&
		c.Reload != nil && c.ReloadStatus != nil && c.Health != nil && c.Observe != nil && c.ObserveError != nil &&
		(c.Chamber == nil || c.Chamber.complete())
}
