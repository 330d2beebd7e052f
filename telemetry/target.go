package telemetry

import (
	"context"
	"log/slog"
	"slices"

	"containment-chamber/messages"
)

// The keys that every line has.
const (
	timestampKey = "timestamp"
	levelKey     = slog.LevelKey
	messageKey   = "message"
	targetKey    = "target"
)

// fieldPrefix is put before the key of an attribute that would otherwise hide one that every line has.
const fieldPrefix = "field_"

// targetHandler filters lines by target and level before it hands them on. The target is what With last called
// "target", and the application's when there was none.
type targetHandler struct {
	filter Filter
	least  slog.Level // that is written for this target
	// root is the handler below without any attribute; the target and then the steps lead from it to next.
	root  slog.Handler
	later func(write func())
	steps []func(slog.Handler) slog.Handler
	next  slog.Handler
	// grouped is true within a group, whose attributes hide nothing.
	grouped bool
}

var _ slog.Handler = (*targetHandler)(nil)

func newTargetHandler(root slog.Handler, filter Filter, later func(func())) *targetHandler {
	if later == nil {
		later = func(write func()) { write() }
	}
	h := &targetHandler{filter: filter, root: root, later: later}
	h.aim(messages.TargetApp)
	return h
}

// Enabled implements [slog.Handler]. It is one comparison.
func (h *targetHandler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.least }

// Handle implements [slog.Handler].
func (h *targetHandler) Handle(_ context.Context, record slog.Record) error {
	record = record.Clone()
	h.later(func() { h.write(record) })
	return nil
}

// write hands a line on.
func (h *targetHandler) write(record slog.Record) {
	if !h.grouped && hides(record) {
		renamed := slog.NewRecord(record.Time, record.Level, record.Message, record.PC)
		record.Attrs(func(a slog.Attr) bool {
			renamed.AddAttrs(unhiding(a))
			return true
		})
		record = renamed
	}
	_ = h.next.Handle(context.Background(), record) // there is nobody to tell
}

// WithAttrs implements [slog.Handler].
func (h *targetHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	child := *h
	if h.grouped {
		child.add(func(next slog.Handler) slog.Handler { return next.WithAttrs(attrs) })
		return &child
	}
	var fields []slog.Attr
	for _, a := range attrs {
		if a.Key == targetKey {
			child.aim(a.Value.Resolve().String())
			continue
		}
		fields = append(fields, unhiding(a))
	}
	if len(fields) > 0 {
		child.add(func(next slog.Handler) slog.Handler { return next.WithAttrs(fields) })
	}
	return &child
}

// WithGroup implements [slog.Handler].
func (h *targetHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	child := *h
	child.grouped = true
	child.add(func(next slog.Handler) slog.Handler { return next.WithGroup(name) })
	return &child
}

// aim gives h, which is the caller's own, its target.
func (h *targetHandler) aim(target string) {
	h.least = h.filter.least(target)
	h.next = h.root.WithAttrs([]slog.Attr{slog.String(targetKey, target)})
	for _, step := range h.steps {
		h.next = step(h.next)
	}
}

// add appends a step to h, which is the caller's own.
func (h *targetHandler) add(step func(slog.Handler) slog.Handler) {
	h.steps = append(slices.Clip(h.steps), step)
	h.next = step(h.next)
}

// hides reports whether an attribute of the record has a key of the line's own.
func hides(record slog.Record) bool {
	found := false
	record.Attrs(func(a slog.Attr) bool {
		found = reserved(a.Key)
		return !found
	})
	return found
}

// unhiding renames an attribute that has a key of the line's own.
func unhiding(a slog.Attr) slog.Attr {
	if reserved(a.Key) {
		a.Key = fieldPrefix + a.Key
	}
	return a
}

// reserved reports whether a key is the line's own, under the name that is written or the one that slog has for it.
func reserved(key string) bool {
	switch key {
	case timestampKey, levelKey, messageKey, targetKey, slog.TimeKey, slog.MessageKey:
		return true
	}
	return false
}
