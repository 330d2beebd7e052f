package watchdog_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/watchdog"
	"containment-chamber/messages"
)

type idler struct{}

func (idler) Receive(*actors.Context, any) {}

// run tests a watchdog over an idle actor, test/store, that may take a turn of five seconds.
func run(t *testing.T, giveUp time.Duration, test func(*actorstest.Kit, func() []string)) {
	t.Helper()
	actorstest.Run(t, func(k *actorstest.Kit) {
		actorstest.Spawn[any](k, actors.Spec{Name: "store", Turn: 5 * time.Second, New: func() actors.Actor { return idler{} }})
		ref := actorstest.Spawn[messages.Watchdog](k, watchdog.Spec(watchdog.Config{System: k.System, GiveUp: giveUp}))
		test(k, func() []string {
			answer, err := actorstest.Ask(k, ref, messages.GetUnresponsive{})
			if err != nil {
				t.Error(err)
			}
			return answer.Names
		})
	})
}

func TestAnnouncesAHangOnce(t *testing.T) {
	run(t, 0, func(k *actorstest.Kit, unresponsive func() []string) {
		k.Advance(10 * time.Second)
		k.System.Hang("test/store", 10*time.Minute)
		k.Advance(7 * time.Second)
		if got := unresponsive(); len(got) > 0 {
			t.Errorf("a lawful turn counts as a hang of %v", got)
		}
		k.Advance(2 * time.Second)
		if got := unresponsive(); !slices.Equal(got, []string{"test/store"}) {
			t.Errorf("unresponsive: %v", got)
		}
		k.Advance(9 * time.Minute)
		all := actorstest.Events[messages.ActorUnresponsive](k)
		if len(all) != 1 || all[0].Actor != "store" || all[0].Name != "test/store" || all[0].For < 7*time.Second || all[0].For > 8*time.Second {
			t.Errorf("announced %+v", all)
		}
		if got := actorstest.Events[messages.ActorResponsive](k); len(got) > 0 {
			t.Errorf("back too early: %v", got)
		}
		k.Advance(2 * time.Minute)
		if back := actorstest.Events[messages.ActorResponsive](k); len(back) != 1 || back[0].Name != "test/store" {
			t.Errorf("back: %+v", back)
		}
		if got := unresponsive(); len(got) > 0 {
			t.Errorf("unresponsive after the hang: %v", got)
		}
		k.System.Hang("test/store", 10*time.Second)
		k.Advance(11 * time.Second)
		if all := actorstest.Events[messages.ActorUnresponsive](k); len(all) != 2 {
			t.Errorf("the second hang: announced %d times in all", len(all))
		}
	})
}

func TestGivesUp(t *testing.T) {
	run(t, time.Minute, func(k *actorstest.Kit, _ func() []string) {
		k.System.Hang("test/store", 59*time.Second)
		k.Advance(2 * time.Minute)
		if cause := context.Cause(k.System.Failed()); cause != nil {
			t.Fatalf("after less than the limit: %v", cause)
		}
		k.System.Hang("test/store", 63*time.Second)
		k.Advance(64 * time.Second)
		if cause := context.Cause(k.System.Failed()); cause == nil || !strings.Contains(cause.Error(), "test/store has hung for 1m") {
			t.Errorf("the system failed with %v", cause)
		}
	})
}

// A watchdog that crashes comes back, whatever it takes, and announces again who hangs.
func TestSurvives(t *testing.T) {
	run(t, 0, func(k *actorstest.Kit, unresponsive func() []string) {
		k.System.Hang("test/store", time.Hour)
		for range 20 {
			k.Crash("test/watchdog")
			k.Advance(90 * time.Second)
		}
		if got := unresponsive(); !slices.Equal(got, []string{"test/store"}) {
			t.Errorf("unresponsive: %v", got)
		}
		k.Advance(time.Hour)
		if got := unresponsive(); len(got) > 0 {
			t.Errorf("unresponsive after the hang: %v", got)
		}
	})
}
