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
	"slices"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/audit"
	"containment-chamber/actors/ceremony"
	"containment-chamber/actors/control"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/watchdog"
	"containment-chamber/messages"
)

// Name is the root's name, and the first part of every path in the tree.
const Name = "chamber"

// Config configures the children. The refs in Signing, Keys, Seal, Ceremony and Watchdog, and the system in Watchdog, are
// set by Start.
type Config struct {
	Audit    audit.Config
	Slashing slashing.Config
	Keys     keys.Config
	Signing  signing.Config
	Watchdog watchdog.Config
	// Sealing is nil in a signer without a signer state: it has no master key, and nothing to seal.
	Sealing *Sealing
}

// Sealing configures what a chamber with a master key has more.
type Sealing struct {
	Seal seal.Config
	// Control reads what the signer state's Store is; Start adds the seal to its consumers.
	Control  control.Config
	Ceremony ceremony.Config
	// StuckAfter is how long a ceremony may take before the watchdog says so.
	StuckAfter time.Duration
}

// Chamber addresses the children.
type Chamber struct {
	Audit    actors.Ref[messages.Audit]
	Slashing actors.Ref[messages.Slashing]
	Keys     actors.Ref[messages.Keys]
	Signing  actors.Ref[messages.Signing]
	Watchdog actors.Ref[messages.Watchdog]
	// Seal, Control and Guard address nobody in a signer without a signer state.
	Seal    actors.Ref[messages.Seal]
	Control actors.Ref[messages.Control]
	Guard   actors.Ref[messages.Guard]
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
	cfg.Watchdog.System = s
	if cfg.Sealing != nil {
		c.Seal, c.Guard = actors.Lookup[messages.Seal](s, Name+"/seal"), actors.Lookup[messages.Guard](s, Name+"/ceremony")
		c.Control = actors.Lookup[messages.Control](s, Name+"/control")
	}
	children := specs(c, cfg)
	actors.Start[root](s, actors.Spec{
		Name:    Name,
		Mailbox: 1, // nobody asks it anything
		New:     func() actors.Actor { return children },
	})
	return c
}

// specs lists the children in the order of their birth. The master key is there before the keys that it encrypts, and
// wiped after them. Who is offered the signer state is there before it is read.
func specs(c Chamber, cfg Config) root {
	children := root{audit.Spec(cfg.Audit), slashing.Spec(cfg.Slashing)}
	if cfg.Sealing == nil {
		return append(children, keys.Spec(cfg.Keys), signing.Spec(cfg.Signing), watchdog.Spec(cfg.Watchdog))
	}
	sealing := *cfg.Sealing
	sealing.Seal.Consumers = append(slices.Clip(sealing.Seal.Consumers), seal.ConsumerOf("keys", c.Keys))
	sealing.Seal.Control = c.Control
	sealing.Control.Consumers = append(slices.Clip(sealing.Control.Consumers), control.ConsumerOf(messages.ComponentSeal, c.Seal))
	cfg.Keys.Sealed.Seal = c.Seal
	sealing.Ceremony.Seal, sealing.Ceremony.Audit = c.Seal, c.Audit
	if sealing.Ceremony.Hold == nil {
		sealing.Ceremony.Hold = &ceremony.Hold{}
	}
	cfg.Watchdog.Guard = watchdog.Guard{
		Ref: c.Guard, Holder: sealing.Ceremony.Hold.Get, StuckAfter: sealing.StuckAfter, BreakAfter: sealing.Ceremony.BreakAfter,
	}
	children = append(children, seal.Spec(sealing.Seal), keys.Spec(cfg.Keys), control.Spec(sealing.Control), ceremony.Spec(sealing.Ceremony))
	return append(children, signing.Spec(cfg.Signing), watchdog.Spec(cfg.Watchdog))
}

// Classes lists the classes of all actors of the tree, for metrics that exist before their first event.
func Classes() []string {
	return []string{
		Name, "audit", "slashing", "seal", "combine", "keys", "scan", "loader", "saver", "list", "opener",
		"control", "read", "ceremony", "session", "signing", "worker", "watchdog",
	}
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
