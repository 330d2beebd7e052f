package watchdog_test

import (
	"sync/atomic"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/watchdog"
	"containment-chamber/messages"
)

// guard answers, and is held by whoever holder says.
type guard struct {
	holder *atomic.Pointer[messages.GuardStatus]
}

func (g guard) Receive(c *actors.Context, message any) {
	if m, ok := message.(messages.GetGuardStatus); ok {
		actors.Answer(c, m, *g.holder.Load())
	}
}

func watched(t *testing.T, test func(*actorstest.Kit, *atomic.Pointer[messages.GuardStatus])) {
	t.Helper()
	actorstest.Run(t, func(k *actorstest.Kit) {
		holder := &atomic.Pointer[messages.GuardStatus]{}
		holder.Store(&messages.GuardStatus{})
		ref := actorstest.Spawn[messages.Guard](k, actors.Spec{Name: "ceremony", Mailbox: 8, New: func() actors.Actor { return guard{holder} }})
		actorstest.Spawn[messages.Watchdog](k, watchdog.Spec(watchdog.Config{
			System: k.System,
			Guard:  watchdog.Guard{Ref: ref, Holder: func() messages.GuardStatus { return *holder.Load() }, StuckAfter: time.Minute, BreakAfter: 3 * time.Minute},
		}))
		test(k, holder)
	})
}

func findings(k *actorstest.Kit, want messages.StuckFinding) (stuck, recovered int) {
	for _, e := range actorstest.Events[messages.GuardStuck](k) {
		if e.Finding == want {
			stuck++
		}
	}
	for _, e := range actorstest.Events[messages.GuardRecovered](k) {
		if e.Finding == want {
			recovered++
		}
	}
	return stuck, recovered
}

func TestCeremonyThatTakesTooLong(t *testing.T) {
	watched(t, func(k *actorstest.Kit, holder *atomic.Pointer[messages.GuardStatus]) {
		expect := func(wantStuck, wantRecovered int) {
			t.Helper()
			if stuck, recovered := findings(k, messages.StuckHeld); stuck != wantStuck || recovered != wantRecovered {
				t.Errorf("stuck %d times, recovered %d times; want %d and %d", stuck, recovered, wantStuck, wantRecovered)
			}
		}
		hold := func(fence uint64) {
			holder.Store(&messages.GuardStatus{Held: true, Ceremony: "init", By: "alice", Since: time.Now(), Fence: fence})
		}
		k.Advance(time.Hour)
		expect(0, 0)
		hold(1)
		k.Advance(59 * time.Second)
		expect(0, 0)
		k.Advance(6 * time.Second)
		expect(1, 0)
		if e := actorstest.Expect[messages.GuardStuck](k); e.Ceremony != "init" || e.By != "alice" || e.HeldFor < time.Minute {
			t.Errorf("%+v", e)
		}
		k.Advance(time.Hour)
		expect(1, 0)
		hold(2) // the next one, at once
		k.Advance(5 * time.Second)
		expect(1, 1)
		k.Advance(65 * time.Second)
		expect(2, 1)
		holder.Store(&messages.GuardStatus{})
		k.Advance(5 * time.Second)
		expect(2, 2)
	})
}

func TestGuardThatHangs(t *testing.T) {
	watched(t, func(k *actorstest.Kit, _ *atomic.Pointer[messages.GuardStatus]) {
		k.Advance(time.Minute)
		k.System.Hang("test/ceremony", 10*time.Minute)
		k.Advance(8 * time.Second)
		if stuck, recovered := findings(k, messages.StuckUnresponsive); stuck != 1 || recovered != 0 {
			t.Errorf("stuck %d times, recovered %d times", stuck, recovered)
		}
		k.Advance(15 * time.Minute)
		if stuck, recovered := findings(k, messages.StuckUnresponsive); stuck != 1 || recovered != 1 {
			t.Errorf("stuck %d times, recovered %d times", stuck, recovered)
		}
		if stuck, _ := findings(k, messages.StuckHeld); stuck != 0 {
			t.Error("nobody held it")
		}
	})
}

// TestWhatIsSeenOfTheGuard: it is told at once, and when the guard hangs too.
func TestWhatIsSeenOfTheGuard(t *testing.T) {
	watched(t, func(k *actorstest.Kit, holder *atomic.Pointer[messages.GuardStatus]) {
		watch := func() messages.GuardWatch {
			t.Helper()
			got, err := actorstest.Ask(k, actors.Lookup[messages.Watchdog](k.System, "test/watchdog"), messages.GetGuardWatch{})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if got := watch(); got != (messages.GuardWatch{}) {
			t.Errorf("nothing is under way: %+v", got)
		}
		held := messages.GuardStatus{Held: true, Ceremony: "init", By: "alice", Since: time.Now(), Fence: 1}
		holder.Store(&held)
		k.Advance(59 * time.Second)
		want := messages.GuardWatch{Holder: held, HeldFor: 59 * time.Second, BreakAt: held.Since.Add(3 * time.Minute)}
		if got := watch(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		k.Advance(time.Second)
		want.HeldFor, want.Overdue = time.Minute, true
		if got := watch(); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		holder.Store(&messages.GuardStatus{})
		k.System.Hang("test/ceremony", 10*time.Minute)
		k.Advance(8 * time.Second)
		if got := watch(); got != (messages.GuardWatch{Unresponsive: true}) {
			t.Errorf("the guard hangs: %+v", got)
		}
		k.Advance(15 * time.Minute)
		if got := watch(); got != (messages.GuardWatch{}) {
			t.Errorf("it hangs no longer: %+v", got)
		}
	})
}
