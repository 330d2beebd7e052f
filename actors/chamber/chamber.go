// Package chamber is the root of the supervision tree. It makes its children in an order in which each finds what it
// asks for, and is drained in the reverse: what is admitted is signed before the keys are wiped, then the store is
// closed, and at last the audit stream, which has seen it all.
//
// # Decisions
//
// The chamber holds nothing and does nothing, so that it cannot crash; a child that crashes more often than its limit
// fails it, and it is not restarted: the process exits and is started anew by whoever looks after it. Readiness and
// shutdown are the kit's, for every actor alike.
package chamber

import (
	"containment-chamber/actors"
	"containment-chamber/actors/audit"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/watchdog"
	"containment-chamber/messages"
)

// Name is the root's name, and the first part of every path in the tree.
const Name = "chamber"

// Config configures the children. The refs in Signing and Keys and the system in Watchdog are set by Start.
type Config struct {
	Audit    audit.Config
	Slashing slashing.Config
	Keys     keys.Config
	Signing  signing.Config
	Watchdog watchdog.Config
}

// Chamber addresses the children.
type Chamber struct {
	Audit    actors.Ref[messages.Audit]
	Slashing actors.Ref[messages.Slashing]
	Keys     actors.Ref[messages.Keys]
	Signing  actors.Ref[messages.Signing]
	Watchdog actors.Ref[messages.Watchdog]
}

// Start makes the tree in s.
func Start(s *actors.System, cfg Config) Chamber {
	c := Chamber{
		Audit:    actors.Lookup[messages.Audit](s, Name+"/audit"),
		Slashing: actors.Lookup[messages.Slashing](s, Name+"/slashing"),
		Keys:     actors.Lookup[messages.Keys](s, Name+"/keys"),
		Signing:  actors.Lookup[messages.Signing](s, Name+"/signing"),
		Watchdog: actors.Lookup[messages.Watchdog](s, Name+"/watchdog"),
	}
	cfg.Signing.Slashing, cfg.Signing.Keys = c.Slashing, c.Keys
	cfg.Keys.Sealed.Seal = actors.Lookup[messages.Seal](s, Name+"/seal")
	cfg.Watchdog.System = s
	actors.Start[root](s, actors.Spec{
		Name:    Name,
		Mailbox: 1, // nobody asks it anything
		New: func() actors.Actor {
			return root{
				audit.Spec(cfg.Audit), slashing.Spec(cfg.Slashing), keys.Spec(cfg.Keys), signing.Spec(cfg.Signing),
				watchdog.Spec(cfg.Watchdog),
			}
		},
	})
	return c
}

// Classes lists the classes of all actors of the tree, for metrics that exist before their first event.
func Classes() []string {
	return []string{Name, "audit", "slashing", "keys", "scan", "loader", "saver", "list", "opener", "signing", "worker", "watchdog"}
}

// root is the list of its children.
type root []actors.Spec

// Receive implements actors.Actor.
func (r root) Receive(c *actors.Context, message any) {
	if _, ok := message.(actors.Started); ok {
		for _, spec := range r {
			actors.Spawn[any](c, spec)
		}
	}
}
