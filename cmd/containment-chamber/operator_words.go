package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"containment-chamber/messages"
)

// stateWords says what a state means to whoever waits for signatures.
var stateWords = map[messages.SealState]string{
	"":                                 "It has not read the signer state yet. Nothing sealed can sign.",
	messages.StateUninitialized:        "There is no master key yet. Nothing sealed can sign.",
	messages.StateAwaitingRegistration: "The first operators have yet to register. Nothing sealed can sign.",
	messages.StateSealed:               "There is no master key in memory. Nothing sealed can sign.",
	messages.StateKMSUnsealed:          "It waits for the shares of operators. Nothing sealed can sign.",
	messages.StateUnsealed:             "It signs.",
	messages.StateAwaitingRotation:     "It signs, while the operators of the next quorum register.",
}

// print writes the status for people. now is the time of the reader.
func (s *chamberStatus) print(w io.Writer, now time.Time) {
	var t table
	state := string(s.State)
	if state == "" {
		state = "unknown"
	}
	if !s.Since.IsZero() {
		state += " since " + moment(s.Since, now)
	}
	t.row("state", "%s", state)
	words, known := stateWords[s.State]
	if !known {
		words = "This program does not know the state: it is of another version than the signer."
	}
	if s.Closing {
		words = "It is being sealed: keys are still being wiped."
	}
	t.row("", "%s", words)
	s.printFaults(&t, now)
	if s.Mode != "" {
		t.row("opens with", "%s", s.opensWith())
	}
	s.printKMS(&t, now)
	s.printQuorum(&t, now)
	s.printCeremonies(&t, now)
	for _, source := range slices.Sorted(maps.Keys(s.Keys)) {
		t.row("keys", "%d from %s", s.Keys[source], source)
	}
	if s.Chamber != "" {
		t.row("chamber", "%s, generation %d, record %d", s.Chamber, s.Set, s.Record)
	}
	t.row("signer", "containment-chamber %s", s.Version)
	if s.Detail == "local" && s.State.Signs() {
		t.row("", "There is more to tell with the management token (--auth-token).")
	}
	fmt.Fprint(w, printable(t.String()))
}

// printFaults writes what is wrong.
func (s *chamberStatus) printFaults(t *table, now time.Time) {
	for _, warning := range s.Warnings {
		t.row("WARNING", "%s", warning)
	}
	if s.Trouble != "" {
		t.row("TROUBLE", "%s", s.Trouble)
	}
	if e := s.Sealed; e != nil {
		t.row("SEALED", "by %s, %s", or(e.By, "somebody"), moment(e.At, now))
		t.row("", "reason: %s", or(e.Reason, "none was given"))
		if e.Unrecorded {
			t.row("", "THE SIGNER STATE DOES NOT KNOW: %s", or(e.Error, "it cannot be written"))
			t.row("", "This signer goes on telling it. Until it can, do not restart it, and seal each replica by itself.")
		} else {
			t.row("", "It stays sealed, over restarts too, until it is opened on purpose.")
		}
	}
}

// opensWith is the mode in words.
func (s *chamberStatus) opensWith() string {
	keys := count(s.KMS.Threshold, len(s.KMS.References), "key-encryption key")
	people := count(s.Quorum.Threshold, len(s.Quorum.Operators), "operator")
	switch s.Mode {
	case messages.ModeKMS:
		return keys
	case messages.ModeQuorum:
		return people
	default:
		return keys + ", then " + people
	}
}

// count is how many are needed, of how many if that is known.
func count(needed, all int, what string) string {
	number, text := needed, strconv.Itoa(needed)
	if all > 0 {
		number, text = all, fmt.Sprintf("%d of %d", needed, all)
	}
	if number != 1 {
		what += "s"
	}
	return text + " " + what
}

func (s *chamberStatus) printKMS(t *table, now time.Time) {
	k := s.KMS
	if k.Threshold == 0 {
		return
	}
	switch {
	case k.Open:
		t.row("kms layer", "open")
	case k.Error == "":
		t.row("kms layer", "closed")
	default:
		t.row("kms layer", "CLOSED after %s: %s", count(k.Attempts, 0, "attempt"), k.Error)
		if k.Next != nil {
			t.row("", "next attempt %s", moment(*k.Next, now))
		}
	}
	for _, reference := range k.References {
		t.row("", "%s", reference)
	}
}

func (s *chamberStatus) printQuorum(t *table, now time.Time) {
	waiting := s.State == messages.StateKMSUnsealed || s.State == messages.StateSealed
	if len(s.Quorum.Operators) > 0 {
		t.row("operators", "%s", s.Quorum.list(waiting))
	}
	if waiting && s.Quorum.Given > 0 {
		forgotten := ""
		if s.Quorum.Expires != nil {
			forgotten = "; they are forgotten at " + moment(*s.Quorum.Expires, now)
		}
		t.row("shares", "%d of %d%s", s.Quorum.Given, s.Quorum.Threshold, forgotten)
	}
	if s.Rotation != nil && len(s.Rotation.Operators) > 0 {
		t.row("next quorum", "%d of %d: %s", s.Rotation.Threshold, len(s.Rotation.Operators), s.Rotation.list(false))
	}
}

// list names everybody, with what is of interest.
func (q *quorumStatus) list(shares bool) string {
	var all []string
	for _, o := range q.Operators {
		text := o.Name
		switch {
		case !o.Registered:
			text += " (NOT REGISTERED)"
		case shares && o.Given:
			text += fmt.Sprintf(" (%s, share given)", o.Credential)
		case shares:
			text += fmt.Sprintf(" (%s, share missing)", o.Credential)
		default:
			text += fmt.Sprintf(" (%s)", o.Credential)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// printCeremonies writes what is under way.
func (s *chamberStatus) printCeremonies(t *table, now time.Time) {
	if g := s.Guard; g.Held {
		what := or(or(g.Ceremony, s.Work), "one is under way")
		if g.By != "" {
			what += ", by " + g.By
		}
		t.row("ceremony", "%s", what)
		if g.Since != nil {
			t.row("", "since %s", moment(*g.Since, now))
		}
	} else if s.Work != "" {
		t.row("at work", "%s", s.Work)
	}
	s.Guard.printFaults(t, now)
	if c := s.Consents; c != nil && len(c.Operators) > 0 {
		t.row("root token", "%d of %d have consented: %s", len(c.Operators), c.Threshold, strings.Join(c.Operators, ", "))
	}
	if s.Manager != "" {
		t.row("manager", "token %s", s.Manager)
	}
}

// printFaults writes what is wrong with the guard, and what to do.
func (g *guardStatus) printFaults(t *table, now time.Time) {
	switch {
	case g.Error != "":
		t.row("TROUBLE", "the signer does not say whether a ceremony is under way: %s", g.Error)
	case !g.Stuck:
	case g.Finding == messages.StuckUnresponsive:
		t.row("STUCK", "The guard of ceremonies does not answer: none can be held.")
		t.row("", "The signer ends by itself if that goes on, to be started anew; see its log.")
	default:
		t.row("STUCK", "It has taken %s by now.", span(time.Duration(g.Seconds)*time.Second))
		if g.Breaks != nil {
			t.row("", "The signer breaks it off at %s;", moment(*g.Breaks, now))
		}
		t.row("", "then ask again. What it waits for is in the signer's log.")
	}
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// tableIndent is where the text of lines begins, in characters.
const tableIndent = 12

// table is lines with a name each.
type table struct{ strings.Builder }

func (t *table) row(name, format string, values ...any) {
	text := strings.ReplaceAll(fmt.Sprintf(format, values...), "\n", "\n"+strings.Repeat(" ", tableIndent))
	fmt.Fprintf(t, "%-*s%s\n", tableIndent, name, text)
}

// moment is a time with its distance from now.
func moment(at, now time.Time) string {
	text := at.UTC().Format("2006-01-02 15:04:05 UTC")
	if at.After(now) {
		return fmt.Sprintf("%s (in %s)", text, span(at.Sub(now)))
	}
	return fmt.Sprintf("%s (%s ago)", text, span(now.Sub(at)))
}

// span is a duration as precise as people want it.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm %ds", d/time.Minute, d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh %dm", d/time.Hour, d%time.Hour/time.Minute)
	default:
		return fmt.Sprintf("%dd %dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	}
}
