package seal_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"containment-chamber/actors/seal"
	"containment-chamber/messages"
)

var update = flag.Bool("update", false, "write the drawing in doc.go anew")

// arrow is a transition between two states, and what led to it.
type arrow struct {
	from  messages.SealState
	cause string
	to    messages.SealState
}

// explore finds the transitions of a chamber by giving every state that it can get into every event that can be meant for
// it. Numbers are kept small by forgetting them, so that the states are few.
func explore() map[arrow]bool {
	found, known := map[arrow]bool{}, map[seal.State]bool{}
	todo := []seal.State{{}}
	for len(todo) > 0 {
		s := forget(todo[0])
		todo = todo[1:]
		if known[s] {
			continue
		}
		known[s] = true
		for cause, events := range events(s) {
			for _, e := range events {
				next, _, err := s.Step(e)
				if err != nil {
					continue
				}
				if from, to := s.Reported(), next.Reported(); from != to {
					found[arrow{from, cause, to}] = true
				}
				todo = append(todo, next)
			}
		}
	}
	return found
}

func forget(s seal.State) seal.State {
	s.Jobs, s.Job.Number, s.Fence, s.Job.Fence, s.Windows, s.Tries, s.Marks = 0, min(s.Job.Number, 1), 0, 0, 0, 0, 0
	s.Record.Version = min(s.Record.Version, 1)
	return s
}

// events are those that can be meant for a state, by what people would call them.
func events(s seal.State) map[string][]seal.Event {
	all := map[string][]seal.Event{"seal, once all keys are dropped": {seal.Dropped{}}, "time is over": {seal.Lapsed{Window: s.Windows}, seal.MarkDue{}}}
	for _, kind := range kinds() {
		asked := seal.Asked{Kind: kind, Operator: s.Given.Len()}
		if kind == messages.CeremonySeal {
			all["seal"] = append(all["seal"], asked) // which does not wait for its job
			continue
		}
		all["asked"] = append(all["asked"], asked)
	}
	for _, f := range records(s) {
		all["the state"] = append(all["the state"], seal.Seen{Facts: f})
		if cause := string(s.Job.Kind); cause != "" {
			all[cause] = append(all[cause], ends(s, f)...)
		}
	}
	return all
}

// records are those that may be read next.
func records(s seal.State) []seal.Facts {
	var all []seal.Facts
	for stage := seal.Absent; stage <= seal.Rotating; stage++ {
		for _, kms := range []uint64{0, 1} {
			for _, threshold := range []int{0, 2} {
				f := seal.Facts{Version: s.Record.Version + 1, Stage: stage, KMS: kms, Quorum: uint64(threshold / 2), Threshold: threshold}
				if kms == 0 && threshold == 0 || stage == seal.Registering && threshold == 0 {
					continue // there is no such record
				}
				all = append(all, f)
				if f.Marked = true; stage >= seal.Ready {
					all = append(all, f)
				}
			}
		}
	}
	return all
}

// ends are the ways in which a job can end with success.
func ends(s seal.State, f seal.Facts) []seal.Event {
	kept := f // what the ceremony changes of the record, and what not
	kept.KMS, kept.Quorum, kept.Threshold, kept.Marked = s.Record.KMS, s.Record.Quorum, s.Record.Threshold, false
	done := func(f seal.Facts, g seal.Gained) []seal.Event {
		return []seal.Event{seal.Done{Number: s.Job.Number, Facts: f, Gained: g}}
	}
	ready := s.Record.Stage
	switch {
	case s.Job.Kind == messages.CeremonyInit && !f.Marked && f.Stage == seal.Registering:
		return done(f, seal.Gained{})
	case s.Job.Kind == messages.CeremonyInit && !f.Marked && f.Stage == seal.Ready && f.Threshold == 0:
		return done(f, seal.Gained{Master: true})
	case s.Job.Kind == messages.CeremonyRegister && kept.Stage == seal.Ready,
		s.Job.Kind == messages.CeremonyAbort && (ready == seal.Registering && f.Stage == seal.Absent || ready == seal.Rotating && f.Stage == seal.Ready),
		s.Job.Kind == messages.CeremonyRotateKMS && kept.Stage == seal.Ready,
		s.Job.Kind == messages.CeremonyRotateQuorum && kept.Stage == seal.Rotating,
		s.Job.Kind == messages.CeremonyRotateMode && kept.Stage > seal.Registering:
		return done(kept, seal.Gained{})
	case (s.Job.Kind == messages.CeremonySeal || s.Job.Kind == seal.Recording) && kept.Stage == ready:
		kept.Marked = true
		return done(kept, seal.Gained{})
	case (s.Job.Kind == seal.Automatic || s.Job.Kind == messages.CeremonyUnsealKMS) && kept.Stage == ready:
		return done(kept, seal.Gained{Outer: kept.Threshold > 0, Master: kept.Threshold == 0})
	case s.Job.Kind == messages.CeremonyShare && kept.Stage == ready:
		kept.Marked = s.Record.Marked && !s.Job.Last
		return done(kept, seal.Gained{Outer: s.Held == seal.Nothing, Share: !s.Job.Last, Master: s.Job.Last})
	}
	return nil
}

// drawing is the table in the package comment.
func drawing() string {
	order := append([]messages.SealState{""}, messages.SealStates()...)
	byPair := map[[2]messages.SealState][]string{}
	for a := range explore() {
		pair := [2]messages.SealState{a.from, a.to}
		byPair[pair] = append(byPair[pair], a.cause)
	}
	var b strings.Builder
	for _, from := range order {
		for _, to := range order {
			causes := byPair[[2]messages.SealState{from, to}]
			if len(causes) == 0 {
				continue
			}
			slices.Sort(causes)
			name := string(from)
			if name == "" {
				name = "(at the start)"
			}
			line := name + strings.Repeat(" ", 24-len(name)) + "→ " + string(to)
			b.WriteString("//\t" + line + strings.Repeat(" ", 52-len([]rune(line))) + strings.Join(causes, ", ") + "\n")
		}
	}
	return b.String()
}

// TestDrawing compares the package comment with the machine.
func TestDrawing(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "// # The states\n//\n", "//\n// The test of this package draws this"
	before, rest, ok := strings.Cut(string(text), begin)
	drawn, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("doc.go has no place for the drawing")
	}
	want := drawing()
	if *update {
		if err := os.WriteFile("doc.go", []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if drawn != want {
		t.Errorf("doc.go draws another machine; with -update it draws this:\n%s", want)
	}
}
