package telemetry

import (
	"context"
	"log/slog"
	"time"

	"containment-chamber/messages"
)

// Observer returns a function that writes each event's line to a logger that [NewLogger] made, under the line's target.
// The lines of the events that come with every signature, or every refusal, are not even built while nobody wants them.
func Observer(logger *slog.Logger) func(messages.Event) {
	root, ok := logger.Handler().(*targetHandler)
	if !ok {
		panic("telemetry: Observer wants a logger of NewLogger")
	}
	targets := make(map[string]*targetHandler)
	for _, target := range []string{
		messages.TargetApp, messages.TargetSigning, messages.TargetSlashing, messages.TargetKeys, messages.TargetHTTP, messages.TargetAudit,
	} {
		targets[target] = root.to(target)
	}
	return func(event messages.Event) {
		if event == nil || !wanted(targets, event) {
			return
		}
		at := time.Now()
		root.later(func() {
			line := event.Line()
			to, known := targets[line.Target]
			if !known {
				to = root.to(line.Target)
			}
			to.writeLine(at, line)
		})
	}
}

// to is h for another target.
func (h *targetHandler) to(target string) *targetHandler {
	other := *h
	other.aim(target)
	return &other
}

// writeLine does what LogAttrs does, but does not look for the caller: that is always the same.
func (h *targetHandler) writeLine(at time.Time, line messages.Line) {
	if !h.Enabled(context.Background(), line.Level) {
		return
	}
	record := slog.NewRecord(at, line.Level, line.Message, 0)
	record.AddAttrs(line.Attrs...)
	h.write(record)
}

// wanted tells from an event's type whether its line would be written; when the type does not tell, it is.
func wanted(targets map[string]*targetHandler, event messages.Event) bool {
	switch e := event.(type) {
	case messages.SigningFinished:
		level := slog.LevelWarn
		if e.Status == messages.StatusSigned {
			level = slog.LevelInfo
		}
		return targets[messages.TargetAudit].Enabled(context.Background(), level)
	case messages.DutiesChecked:
		return targets[messages.TargetSlashing].Enabled(context.Background(), slog.LevelDebug)
	case messages.StepFinished:
		return targets[messages.TargetSigning].Enabled(context.Background(), slog.LevelDebug)
	case messages.RequestFinished, messages.RequestRefused:
		return targets[messages.TargetHTTP].Enabled(context.Background(), slog.LevelDebug)
	case messages.QueueRefused, messages.AuditWritten:
		return targets[messages.TargetApp].Enabled(context.Background(), slog.LevelDebug)
	}
	return true
}
