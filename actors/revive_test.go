package actors_test

import (
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// A stopping stops the parent, to, whose child does not end before release is called.
type stopping func(k *actorstest.Kit, to ref, release func())

func stoppings() map[string]stopping {
	return map[string]stopping{
		"crash, then drain during the back-off": func(k *actorstest.Kit, _ ref, release func()) {
			k.Crash("test/parent")
			go func() { _ = k.System.Stop(k.T.Context()) }()
			k.Wait()
			k.Advance(time.Second) // the pause is over; the child still holds up the parent's end
			release()
		},
		"stop and crash in one turn": func(k *actorstest.Kit, to ref, release func()) {
			tell(k, to, func(c *actors.Context) {
				c.Stop()
				panic("x")
			})
			k.Advance(time.Second)
			release()
		},
		"crash asked for while it stops": func(k *actorstest.Kit, to ref, release func()) {
			tell(k, to, func(c *actors.Context) { c.Stop() })
			k.Crash("test/parent")
			k.Advance(time.Second)
			release()
		},
		"its child gives up while it stops": func(k *actorstest.Kit, to ref, release func()) {
			k.System.Crash("test/parent/child")
			tell(k, to, func(c *actors.Context) { c.Stop() })
			release()
		},
	}
}

// A restart never revives an actor that is stopping, in whatever order crash, stop and back-off come. In each case
// the actor under test has started once, and must never start again.
func TestNothingRevivesAnActorThatStops(t *testing.T) {
	for name, meddle := range stoppings() {
		t.Run(name, func(t *testing.T) {
			actorstest.Run(t, func(k *actorstest.Kit) {
				starts, ends := 0, 0
				s := spec("parent", func(c *actors.Context, message any) {
					switch message.(type) {
					case actors.Started:
						starts++
						actors.Spawn[slashing](c, spec("child", answers))
					case actors.Ended:
						ends++
					}
				})
				s.Restart = restarts(4)
				to := actorstest.Spawn[slashing](k, s)
				meddle(k, to, block(k, actors.Lookup[slashing](k.System, "test/parent/child")))
				k.Advance(time.Hour)
				equal(t, "starts", starts, 1)
				equal(t, "ends", ends, 1)
				for _, path := range k.System.Tree() {
					if path != "test" {
						t.Errorf("%s lives", path)
					}
				}
			})
		})
	}
}

// A child that crashes while its parent is down ends with the parent's incarnation: it does not count against the
// parent a second time.
func TestAChildsCrashWhileItsParentIsDownIsNotEscalated(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("parent", func(c *actors.Context, message any) {
			if _, ok := message.(actors.Started); ok {
				actors.Spawn[slashing](c, spec("child", answers)) // no restarts
			}
		})
		s.Restart = restarts(1)
		actorstest.Spawn[slashing](k, s)
		k.Crash("test/parent")
		k.Crash("test/parent/child")
		k.Advance(time.Minute)
		equal(t, "restarts", len(actorstest.Events[messages.ActorRestarted](k)), 1)
		equal(t, "given up", len(actorstest.Events[messages.ActorGaveUp](k)), 0)
		equal(t, "not ready", len(k.System.NotReady()), 0)
	})
}
