package actors

import "time"

// Silence is an actor that owes a sign of life.
type Silence struct {
	Actor, Name string // its class and its path
	// For is how long ago it finished a turn, or was pinged if that is later.
	For time.Duration
	// Turn is how long a turn of it may take, by its [Spec].
	Turn time.Duration
}

// ping asks an actor for a sign of life. It passes the limits of the mailbox: there is one at a time for each actor.
type ping struct{}

func (ping) IgnoreDeadLetterLogging() {}

// Ping asks every actor for a sign of life, but those that owe one already, and returns at once. Actors that are down
// are left to their supervisors, temporary ones to their parents.
func (s *System) Ping() {
	now := s.uptime()
	for _, n := range s.tree.list(isWatched) {
		if n.quiet.CompareAndSwap(0, int64(now)) {
			s.engine.Root.Send(n.pid, ping{})
		}
	}
}

// Silent lists the actors that owe a sign of life, in ascending order of their names. Who takes turns is not silent
// for long, even if the ping itself still waits behind others.
func (s *System) Silent() []Silence {
	now := s.uptime()
	var out []Silence
	for _, n := range s.tree.list(isWatched) {
		if since := time.Duration(n.quiet.Load()); since > 0 {
			out = append(out, Silence{Actor: n.class, Name: n.path, For: now - since, Turn: n.spec.Turn})
		}
	}
	return out
}

func isWatched(n *node) bool { return !n.spec.Restart.Temporary && !n.box.closed() }

// uptime is the clock of signs of life: it never jumps, and is never 0.
func (s *System) uptime() time.Duration { return time.Since(s.born) + 1 }

// alive notes that a turn has ended. The clock is read only while a ping waits.
func (n *node) alive() {
	if n.quiet.Load() != 0 {
		n.quiet.Store(int64(n.system.uptime()))
	}
}
