package actorstest_test

import (
	"fmt"
	"testing"
	"time"

	"containment-chamber/actors/actorstest"
	"containment-chamber/messages"
)

// The function test would be TestX of your package.
func ExampleRun() {
	var down, up []string
	test := func(t *testing.T) {
		actorstest.Run(t, func(k *actorstest.Kit) {
			actorstest.Spawn[messages.Slashing](k, slowSpec())
			k.Crash("test/slow")
			down = k.System.NotReady()
			k.Advance(time.Second) // back-off, restart
			up = k.System.NotReady()
		})
	}
	everything := func(_, _ string) (bool, error) { return true, nil }
	fmt.Println(testing.RunTests(everything, []testing.InternalTest{{Name: "TestX", F: test}}))
	fmt.Println(down, up)
	// Output:
	// true
	// [test/slow] []
}
