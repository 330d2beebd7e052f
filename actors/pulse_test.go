package actors_test

import (
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
)

func TestSilence(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		slow := spec("slow", answers)
		slow.Turn = time.Minute
		actorstest.Spawn[slashing](k, slow)
		actorstest.Spawn[slashing](k, spec("quick-03", answers))
		ping := func() []actors.Silence {
			k.System.Ping()
			k.Wait()
			return k.System.Silent()
		}
		equal(t, "idle actors", len(ping()), 0)
		for _, path := range []string{"test/slow", "test/quick-03"} {
			k.System.Hang(path, 10*time.Second)
		}
		ping()
		k.Advance(4 * time.Second)
		got := ping() // no second ping: the silence goes on
		if len(got) != 2 {
			t.Fatalf("silent: %v", got)
		}
		equal(t, "first", got[0], actors.Silence{Actor: "quick", Name: "test/quick-03", For: 4 * time.Second})
		equal(t, "second", got[1], actors.Silence{Actor: "slow", Name: "test/slow", For: 4 * time.Second, Turn: time.Minute})
		k.Advance(7 * time.Second)
		equal(t, "after the hang", len(k.System.Silent()), 0)
	})
}

// An actor that takes one slow turn after the other lives, also when the ping waits behind them all.
func TestABusyActorIsNotSilent(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		actorstest.Spawn[slashing](k, spec("busy", answers))
		for range 10 {
			k.System.Hang("test/busy", time.Second)
		}
		k.System.Ping()
		for range 9 {
			k.Advance(time.Second)
			if got := k.System.Silent(); len(got) != 1 || got[0].For > time.Second {
				t.Fatalf("silent: %v", got)
			}
		}
	})
}

// A crash ends the incarnation that owed an answer: neither the pause nor the next incarnation counts as silence.
func TestACrashIsNoSilence(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("worker", answers)
		s.Restart = actors.Restart{Max: actors.NoLimit, Period: time.Minute, Base: 20 * time.Second, Cap: 20 * time.Second}
		actorstest.Spawn[slashing](k, s)
		k.System.Hang("test/worker", time.Second)
		k.System.Crash("test/worker")
		k.System.Ping()
		for range 30 {
			k.Advance(time.Second)
			k.System.Ping()
			k.Wait()
			if got := k.System.Silent(); len(got) > 0 {
				t.Fatalf("silent: %v", got)
			}
		}
	})
}

// Temporary actors are their parents' business: they may take as long as their work does.
func TestTemporaryActorsAreNotPinged(t *testing.T) {
	actorstest.Run(t, func(k *actorstest.Kit) {
		s := spec("loader", answers)
		s.Restart.Temporary = true
		actorstest.Spawn[slashing](k, s)
		k.System.Hang("test/loader", time.Minute)
		k.System.Ping()
		k.Advance(30 * time.Second)
		equal(t, "silent", len(k.System.Silent()), 0)
	})
}
