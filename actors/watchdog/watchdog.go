// Package watchdog finds actors that hang. A crash is answered by a supervisor at once; an actor that neither crashes
// nor comes back, because it waits for a disk, a lock or itself, is seen by nobody else.
//
// # What it guarantees
//
//   - An actor that shows no sign of life for its longest lawful turn and two seconds more is announced once, within
//     another second, and once more when it is back; [messages.GetUnresponsive] names it in between.
//   - A hang that lasts longer than Config.GiveUp fails the system, so that the process ends and is started anew.
//   - A ceremony that takes longer than Config.Guard.StuckAfter, and a guard that does not answer within two seconds, are
//     announced once each within another five seconds, and once more when that is over; [messages.GetGuardWatch] tells
//     both in between.
//   - It waits for nobody, not even for a moment, and shares no fate: whatever hangs, it goes on.
//
// # Decisions
//
// The process is given up because a goroutine that hangs cannot be ended from outside. One minute is long enough for a
// disk that stalls, since until then everything that needs no record is signed, and short beside the epoch of 6.4
// minutes in which each validator has one vote to lose.
//
// The two seconds are what a crowded machine may take to give an actor its turn. The slashing actor has its commit
// timeout on top: a slow commit is no hang, and is refused by its own timeout.
//
// Actors are pinged every second, not less often: it costs a dozen wake-ups, and whoever looks as often as it pings
// has one clock instead of two. The pinging and the silence are the kit's, see [actors.System.Ping].
//
// That a ceremony takes too long is read from what the guard shows, without asking it: a guard that hangs would not say.
// Nothing follows from it here. The guard breaks the ceremony off by itself, and if it hangs, it is an actor that hangs.
//
// Nobody watches the watchdog but its supervisor and its askers: it does not hang as long as the observers of events
// do not, and to whoever asks, no answer is an answer.
package watchdog

import (
	"fmt"
	"slices"
	"time"

	"containment-chamber/actors"
	"containment-chamber/messages"
)

const (
	lookEvery = time.Second
	patience  = 2 * time.Second
)

// Config says whom to watch.
type Config struct {
	System *actors.System
	// GiveUp is how long an actor may hang before the system is failed; 0 is for ever.
	GiveUp time.Duration
	// Guard is the guard of ceremonies; zero when there is none.
	Guard Guard
}

// Spec describes the watchdog.
func Spec(cfg Config) actors.Spec {
	return actors.Spec{
		Name: "watchdog",
		New:  func() actors.Actor { return &dog{cfg: cfg} },
		// Askers of health, a few each second, each answered in microseconds.
		Mailbox: 64,
		Restart: actors.Restart{Max: actors.NoLimit, Period: 10 * time.Minute, Base: time.Second, Cap: 10 * time.Second},
	}
}

// dog knows who hung when it last looked.
type dog struct {
	cfg  Config
	hung []actors.Silence
	// suspect is what it then thought of the guard.
	suspect suspicion
}

// Receive implements actors.Actor.
func (d *dog) Receive(c *actors.Context, message any) {
	switch m := message.(type) {
	case actors.Started:
		c.Every(lookEvery, d.look)
		if d.cfg.Guard.Holder != nil {
			c.Every(guardEvery, d.lookAtGuard)
		}
	case messages.GetUnresponsive:
		actors.Answer(c, m, messages.Unresponsive{Names: names(d.hung)})
	case messages.GetGuardWatch:
		actors.Answer(c, m, d.watch(time.Now()))
	}
}

// look compares who hangs with who did, and pings everyone for the next time.
func (d *dog) look(c *actors.Context) {
	before := d.hung
	d.hung = hanging(d.cfg.System.Silent())
	for _, s := range without(d.hung, before) {
		c.Publish(messages.ActorUnresponsive{Actor: s.Actor, Name: s.Name, For: s.For})
	}
	for _, s := range without(before, d.hung) {
		c.Publish(messages.ActorResponsive{Actor: s.Actor, Name: s.Name})
	}
	if err := hopeless(d.hung, d.cfg.GiveUp); err != nil {
		d.cfg.System.Fail(err)
	}
	d.cfg.System.Ping()
}

// hanging picks those that have been silent beyond their lawful turn and the general patience.
func hanging(silent []actors.Silence) []actors.Silence {
	return slices.DeleteFunc(silent, func(s actors.Silence) bool { return s.For < s.Turn+patience })
}

// hopeless returns why the system must be given up, or nil. A limit of 0 never gives up.
func hopeless(hung []actors.Silence, limit time.Duration) error {
	for _, s := range hung {
		if limit > 0 && s.For >= limit {
			return fmt.Errorf("%s has hung for %v, and nothing but a new process can end that", s.Name, s.For.Round(time.Second))
		}
	}
	return nil
}

// without returns those of all whose names are not among others.
func without(all, others []actors.Silence) []actors.Silence {
	gone := names(others)
	return slices.DeleteFunc(slices.Clone(all), func(s actors.Silence) bool { return slices.Contains(gone, s.Name) })
}

func names(all []actors.Silence) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.Name)
	}
	return out
}
