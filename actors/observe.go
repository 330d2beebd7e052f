package actors

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"containment-chamber/messages"
)

// observers is a set that is read without a lock.
type observers struct {
	mu  sync.Mutex // for writers
	all atomic.Pointer[[]*observer]
}

type observer struct{ see func(messages.Event) }

// Observe has see called with every event, in the publisher's goroutine: it must be quick and must not publish.
// A panic in it costs only this observer this event.
func (s *System) Observe(see func(messages.Event)) (cancel func()) {
	o := &observer{see}
	s.observers.change(func(all []*observer) []*observer { return append(slices.Clone(all), o) })
	return func() {
		s.observers.change(func(all []*observer) []*observer {
			return slices.DeleteFunc(slices.Clone(all), func(x *observer) bool { return x == o })
		})
	}
}

// Publish announces e to all observers.
func (s *System) Publish(e messages.Event) {
	all := s.observers.all.Load()
	if all == nil {
		return
	}
	for _, o := range *all {
		if v := o.try(e); v != nil {
			s.reportObserver(o, v)
		}
	}
}

// reportObserver tells the other observers.
func (s *System) reportObserver(broken *observer, v any) {
	for _, o := range *s.observers.all.Load() {
		if o != broken {
			o.try(messages.ObserverPanicked{Cause: describe(v)})
		}
	}
}

func (o *observer) try(e messages.Event) (panicked any) {
	defer func() { panicked = recover() }()
	o.see(e)
	return nil
}

func (o *observers) change(f func([]*observer) []*observer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var now []*observer
	if all := o.all.Load(); all != nil {
		now = *all
	}
	next := f(now)
	o.all.Store(&next)
}

// engineLog passes on what the engine logs from Warn up, with every attribute reduced to a number, a plain word or
// its type: the engine logs messages and panics whole, and those may hold what nobody may read.
type engineLog struct{ slog.Handler }

// Enabled implements slog.Handler.
func (h engineLog) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h engineLog) Handle(ctx context.Context, r slog.Record) error {
	safe := slog.NewRecord(r.Time, r.Level, "actor engine: "+r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		safe.AddAttrs(harmless(a))
		return true
	})
	return h.Handler.Handle(ctx, safe)
}

// WithAttrs implements slog.Handler.
func (h engineLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	safe := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		safe[i] = harmless(a)
	}
	return engineLog{h.Handler.WithAttrs(safe)}
}

// WithGroup implements slog.Handler.
func (h engineLog) WithGroup(name string) slog.Handler { return engineLog{h.Handler.WithGroup(name)} }

func harmless(a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindBool, slog.KindDuration, slog.KindTime:
		return a
	default:
		return slog.String(a.Key, typeName(a.Value.Any()))
	}
}

var _ slog.Handler = engineLog{}
