package actors_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestPitfalls has one subtest for each trap of the engine that the kit is built around. Most pin what the engine
// does as it is: one that fails after an update of the engine says which precaution of the kit to reconsider. What the
// kit does instead is tested by the test that stands beside each. Two are not pinned, since only reading shows them:
// receive timeouts touch the actor from their timer's goroutine (22), and routers drop messages and ignore supervision
// (24). Pitfall 24 bans both.
func TestPitfalls(t *testing.T) {
	for name, test := range map[string]func(*testing.T){
		"01 a full Bounded mailbox spins the sender":         pitfall01, // TestMailboxRefusesWhatIsBeyondItsLimit
		"02 BoundedDropping drops silently and spins":        pitfall02, // banned: pitfall 24
		"03 a nil message spins the receiver":                pitfall03,
		"04 a nil address panics in the sender":              pitfall04, // TestAskOfNobodyIsUnavailableAtOnce
		"05 a panic leaves the asker waiting":                pitfall05, // TestMisansweredRequestsCrash
		"06 mailbox middleware misses panics":                pitfall06, // TestPlacesAreReleasedAcrossCrashes
		"07 the default supervisor ends in a zombie":         pitfall07, // TestGivingUpEscalatesUpToTheSystem
		"08 a guardian cannot escalate":                      pitfall08, // TestACrashOfTheRootFailsTheSystem
		"09 exponential back-off is linear":                  pitfall09, // TestBackoffDoublesUpToTheCap
		"10 a restart revives an actor that stops":           pitfall10, // TestNothingRevivesAnActorThatStops
		"11 a future takes the second answer":                pitfall11, // TestDeferredAnswer
		"12 continuations run on a dead incarnation":         pitfall12, // TestAnAnswerIsDroppedWhenTheAskerHasCrashed
		"13 the stash is a stack that only restarts empty":   pitfall13, // banned: pitfall 24
		"14 a subscriber's panic is the publisher's":         pitfall14, // TestAPanickingObserverHarmsNobody
		"15 shutdown stops no actor, and twice panics":       pitfall15, // TestStopGoesFromTheYoungestToTheOldest
		"16 a panic in Stopping never ends":                  pitfall16, // TestPanicInEndedIsReported
		"17 spawning succeeds though starting fails":         pitfall17, // TestAwaitReadyTellsWhyTheSystemFailed
		"18 Goexit kills a mailbox without a sound":          pitfall18, // a rule for tests: see package actorstest
		"19 the engine logs messages and panics":             pitfall19, // TestPanicsTellNoSecret
		"20 a restart stops the children, not their address": pitfall20, // TestChildrenAreStoppedWithTheirParentsIncarnation
		"21 the default mailbox is unbounded":                pitfall21,
		"23 a context outlives its turn":                     pitfall23,
		"24 features that nothing may use":                   pitfall24,
	} {
		t.Run(name, test)
	}
}

// The kit is the only package that knows the engine's mailboxes and contexts, so the ban on what cannot be tamed is
// checked here. That no other package knows the engine is a law of the whole tree.
func pitfall24(t *testing.T) {
	banned := map[string]string{
		"Bounded":             "its senders spin when it is full (pitfall 1)",
		"BoundedDropping":     "it drops silently and spins (pitfall 2)",
		"ReenterAfter":        "its continuation runs on a dead incarnation (pitfall 12)",
		"Stash":               "it is a stack, and forgets senders (pitfall 13)",
		"SetReceiveTimeout":   "its timer touches the context from outside (pitfall 22)",
		"Shutdown":            "it stops no actor (pitfall 15)",
		"RequestFuture":       "a future takes the second answer (pitfall 11)",
		"WithMetricProviders": "it formats types and labels for each message (pitfall 20)",
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources here: %v", err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			if strings.Contains(spec.Path.Value, "protoactor-go/") && spec.Path.Value != `"github.com/asynkron/protoactor-go/actor"` {
				t.Errorf("%s imports %s: routers ignore supervision and drop messages, the rest is not needed", name, spec.Path.Value)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && banned[s.Sel.Name] != "" {
				t.Errorf("%s uses %s: %s", name, s.Sel.Name, banned[s.Sel.Name])
			}
			return true
		})
	}
}
