package telemetry

import (
	"context"
	"log/slog"
	"time"

	"containment-chamber/messages"
)

// Observer returns a function that writes each event's line to the logger, under the line's target. The lines of the
// events that come with every signature are not even built while nobody wants them.
func Observer(logger *slog.Logger) func(messages.Event) {
	targets := make(map[string]*slog.Logger)
	for _, target := range []string{
		messages.TargetApp, messages.TargetSigning, messages.TargetSlashing, messages.TargetKeys, messages.TargetHTTP, messages.TargetAudit,
	} {
		targets[target] = logger.With(targetKey, target)
	}
	return func(event messages.Event) {
		if event == nil || !wanted(targets, event) {
			return
		}
		line := event.Line()
		to, known := targets[line.Target]
		if !known {
			to = logger.With(targetKey, line.Target)
		}
		write(to.Handler(), line)
	}
}

// write does what LogAttrs does, but does not look for the caller: that is always the same.
func write(to slog.Handler, line messages.Line) {
	if !to.Enabled(context.Background(), line.Level) {
		return
	}
	record := slog.NewRecord(time.Now(), line.Level, line.Message, 0)
	record.AddAttrs(line.Attrs...)
	_ = to.Handle(context.Background(), record) // as slog's own methods: there is nobody to tell
}

// wanted tells from an event's type whether its line would be written; when the type does not tell, it is.
func wanted(targets map[string]*slog.Logger, event messages.Event) bool {
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
	case messages.RequestFinished:
		return targets[messages.TargetHTTP].Enabled(context.Background(), slog.LevelDebug)
	}
	return true
}
