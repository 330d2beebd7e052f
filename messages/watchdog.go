package messages

import (
	"log/slog"
	"time"
)

// Watchdog names the protocol of the actor that looks for others that hang.
type Watchdog struct{}

// GetUnresponsive asks who hangs at this moment.
type GetUnresponsive struct{}

// Unresponsive is the answer to [GetUnresponsive]: the paths of the actors that hang, in ascending order.
type Unresponsive struct{ Names []string }

func (GetUnresponsive) ask(Watchdog, Unresponsive) {}

// ActorUnresponsive says that an actor has shown no sign of life For so long. It is published once for each hang.
type ActorUnresponsive struct {
	Actor, Name string
	For         time.Duration
}

// ActorResponsive says that an actor hangs no longer: it shows life again, or it crashed and its supervisor acts.
type ActorResponsive struct{ Actor, Name string }

func (ActorUnresponsive) event() {}
func (ActorResponsive) event()   {}

// Line implements [Event].
func (e ActorUnresponsive) Line() Line {
	return Line{slog.LevelError, TargetAudit, "actor hangs", []slog.Attr{slog.String("actor", e.Name), millis("for_ms", e.For)}}
}

// Line implements [Event].
func (e ActorResponsive) Line() Line {
	return Line{slog.LevelWarn, TargetAudit, "actor hangs no longer", []slog.Attr{slog.String("actor", e.Name)}}
}
