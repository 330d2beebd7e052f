package actors_test

import (
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
)

// lists returns what System tells of its tree.
func lists(k *actorstest.Kit) (tree, notReady string) {
	return strings.Join(k.System.Tree(), " "), strings.Join(k.System.NotReady(), " ")
}

func TestTreeAndReadiness(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		slow := spec("slow", answers)
		slow.Readies = true
		to := actorstest.Spawn[slashing](k, slow)
		job := spec("job", answers)
		job.Restart.Temporary, job.Readies = true, true
		child := actorstest.Spawn[slashing](k, job)
		check := func(when, tree, notReady string) {
			t.Helper()
			gotTree, gotNotReady := lists(k)
			equal(t, when+": tree", gotTree, tree)
			equal(t, when+": not ready", gotNotReady, notReady)
		}
		check("at first", "test test/job test/slow", "test/slow") // a temporary actor is never waited for
		tell(k, to, (*actors.Context).Ready)
		check("ready", "test test/job test/slow", "")
		k.Crash("test/slow")
		check("crashed", "test test/job test/slow", "test/slow")
		k.Advance(time.Second)
		check("restarted", "test test/job test/slow", "test/slow") // it has to say so again
		tell(k, to, (*actors.Context).Ready)
		tell(k, child, (*actors.Context).Stop)
		check("at last", "test test/slow", "")
	})
}

func TestMailboxesAreSummedUpByClass(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		for i, name := range []string{"worker-00", "worker-01", "store"} {
			to := actorstest.Spawn[slashing](k, spec(name, answers))
			defer block(k, to)()
			for range i + 1 {
				ask(k, to)
			}
		}
		depths := k.System.Mailboxes()
		equal(t, "worker", depths["worker"], 1+2)
		equal(t, "store", depths["store"], 3)
		equal(t, "test", depths["test"], 0)
		equal(t, "classes", len(depths), 3)
	})
}
