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

// GetGuardWatch asks what the watchdog sees of the guard of ceremonies. It sees that without waiting for the guard.
type GetGuardWatch struct{}

// GuardWatch is the answer to [GetGuardWatch]. It is zero while no ceremony is under way and all is well.
type GuardWatch struct {
	// Holder is the ceremony under way, HeldFor for how long it is by now, and BreakAt when the guard breaks it off.
	Holder  GuardStatus
	HeldFor time.Duration
	BreakAt time.Time
	// Overdue says that the ceremony takes longer than it may; Unresponsive, that the guard did not answer when it was
	// last asked.
	Overdue, Unresponsive bool
}

func (GetUnresponsive) ask(Watchdog, Unresponsive) {}
func (GetGuardWatch) ask(Watchdog, GuardWatch)     {}

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
