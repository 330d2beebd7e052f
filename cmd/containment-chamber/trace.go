package main

import (
	"context"

	"go.opentelemetry.io/otel/trace"

	"containment-chamber/messages"
	"containment-chamber/telemetry"
)

// buildTracing exports traces, if it is asked to.
func (s *signer) buildTracing() (err error) {
	c := s.cfg.Opentelemetry
	if !c.Enabled {
		return nil
	}
	s.tracing, err = telemetry.NewTracing(telemetry.TraceConfig{
		Endpoint: c.Endpoint, ServiceName: c.ServiceName, Version: build().version, SampleRatio: c.SampleRatio, Logger: s.log,
	})
	if err == nil {
		s.system.Observe(s.tracing.Observe)
	}
	return err
}

// beginTrace is what begins the trace of a request; nil while nothing is traced.
func (s *signer) beginTrace() func(traceparent string) messages.Trace {
	if s.tracing == nil {
		return nil
	}
	return s.tracing.Begin
}

// callSpans makes spans of calls of the shared histories; nil while nothing is traced.
func (s *signer) callSpans() trace.TracerProvider {
	if s.tracing == nil {
		return nil
	}
	return s.tracing.Calls()
}

// traceRefresh begins the trace of a refresh of the signer state.
func (s *signer) traceRefresh() messages.Trace {
	if s.tracing == nil {
		return messages.Trace{}
	}
	return s.tracing.Begin("")
}

// stopTracing sends the last spans.
func (s *signer) stopTracing(ctx context.Context) {
	if s.tracing != nil {
		s.tracing.Stop(ctx)
	}
}
