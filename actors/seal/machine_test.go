package seal_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/seal"
	"containment-chamber/messages"
)

// model is what the shell would hold if it did what the machine says, and the invariants that must hold after every
// sequence of events, lawful or not.
type model struct {
	state         seal.State
	master, outer bool
	shares        seal.Members
	dropping      bool
	begun, ended  map[uint64]bool // jobs
}

func (m *model) apply(t *rapid.T, e seal.Event) error {
	before := m.state
	next, effects, err := m.state.Step(e)
	if m.state != before {
		t.Fatal("Step has changed its receiver")
	}
	if err != nil && (next != before || effects != nil) {
		t.Fatalf("%T was refused with %v, and yet changed something", e, err)
	}
	m.state = next
	for _, effect := range effects {
		m.perform(t, e, effect)
	}
	m.check(t)
	return err
}

func (m *model) perform(t *rapid.T, cause seal.Event, effect seal.Effect) {
	done, _ := cause.(seal.Done)
	switch e := effect.(type) {
	case seal.Begin:
		if m.begun[e.Job.Number] {
			t.Fatal("two jobs have one number")
		}
		if e.Job.Kind == messages.CeremonySeal && m.state.Closing && !m.master {
			t.Fatal("the master key is wiped before the job has what it needs of it")
		}
		m.begun[e.Job.Number] = true
	case seal.Cancel:
		m.end(t, e.Number)
	case seal.Settle:
		m.end(t, e.Number)
	case seal.KeepMaster:
		if !done.Gained.Master {
			t.Fatal("keeps a master key that nobody has brought")
		}
		m.master = true
	case seal.KeepOuter:
		m.outer = true
	case seal.KeepShare:
		if !done.Gained.Share || m.shares.Has(e.Operator) {
			t.Fatal("keeps a share that nobody has brought, or twice")
		}
		m.shares = m.shares.With(e.Operator)
	case seal.WipeMaster:
		m.master = false
	case seal.WipeOuter:
		m.outer = false
	case seal.WipeShares:
		m.shares = seal.Members{}
	case seal.DropKeys:
		m.dropping = true
	case seal.AwaitOthers, seal.Retry, seal.MarkLater:
	}
}

func (m *model) end(t *rapid.T, number uint64) {
	if !m.begun[number] || m.ended[number] {
		t.Fatal("answers a job that was not begun, or twice")
	}
	m.ended[number] = true
}

// check holds after every event.
func (m *model) check(t *rapid.T) {
	s := m.state
	if m.master != s.Phase().Signs() {
		t.Fatalf("the master key is in memory: %t, in state %q", m.master, s.Phase())
	}
	if s.Phase() == messages.StateKMSUnsealed && m.shares != s.Given || s.Phase() != messages.StateKMSUnsealed && m.shares != (seal.Members{}) {
		t.Fatalf("shares %v are in memory in state %q, of which %v count", m.shares, s.Phase(), s.Given)
	}
	if m.outer && s.Held == seal.Nothing {
		t.Fatal("the outer layer is kept in a chamber that is closed")
	}
	if s.Closing && !m.dropping {
		t.Fatal("nobody was told to drop the keys")
	}
	if !s.Phase().Signs() && s.Consents != (seal.Members{}) {
		t.Fatal("consents are kept outside of the states that sign")
	}
	for number := range m.begun {
		if !m.ended[number] && number != s.Job.Number {
			t.Fatal("a job is neither answered nor under way")
		}
	}
}

// facts draws a record; that it may be nonsense is meant.
func facts(t *rapid.T, s seal.State) seal.Facts {
	return seal.Facts{
		Version:   rapid.Uint64Range(max(s.Record.Version, 1)-1, s.Record.Version+2).Draw(t, "version"),
		Stage:     rapid.SampledFrom([]seal.Stage{seal.Absent, seal.Registering, seal.Ready, seal.Rotating}).Draw(t, "stage"),
		KMS:       rapid.Uint64Range(0, 2).Draw(t, "kms"),
		Quorum:    rapid.Uint64Range(0, 2).Draw(t, "quorum"),
		Threshold: rapid.IntRange(0, 3).Draw(t, "threshold"),
		Marked:    rapid.Bool().Draw(t, "marked"),
	}
}

func kinds() []seal.Kind {
	return []seal.Kind{
		messages.CeremonyInit, messages.CeremonyRegister, messages.CeremonyShare, messages.CeremonyUnsealKMS, messages.CeremonySeal,
		messages.CeremonyRotateKMS, messages.CeremonyRotateQuorum, messages.CeremonyRotateMode, messages.CeremonyAbort, messages.CeremonyRootToken,
	}
}

// gained draws what a job may have brought in the state: a job brings the master key only of a chamber that is ready.
func gained(t *rapid.T, s seal.State, f seal.Facts) seal.Gained {
	if f.Stage < seal.Ready {
		return seal.Gained{}
	}
	g := seal.Gained{Outer: rapid.Bool().Draw(t, "outer")}
	switch s.Job.Kind {
	case messages.CeremonyInit, seal.Automatic, messages.CeremonyUnsealKMS:
		g.Master = rapid.Bool().Draw(t, "master")
	case messages.CeremonyShare:
		g.Master = s.Job.Last
		g.Share = !g.Master
		g.Outer = g.Share && s.Held == seal.Nothing
	case messages.CeremonyRootToken:
		g.Consent = !s.Job.Last
	}
	return g
}

func TestMachine(t *testing.T) {
	for range 30 { // of a hundred lives each
		rapid.Check(t, live)
	}
}

func live(t *rapid.T) {
	m := &model{begun: map[uint64]bool{}, ended: map[uint64]bool{}}
	near := func(n uint64, name string) uint64 { return rapid.Uint64Range(max(n, 1)-1, n+1).Draw(t, name) }
	t.Repeat(map[string]func(*rapid.T){
		"seen": func(t *rapid.T) { _ = m.apply(t, seal.Seen{Facts: facts(t, m.state)}) },
		"asked": func(t *rapid.T) {
			_ = m.apply(t, seal.Asked{Kind: rapid.SampledFrom(kinds()).Draw(t, "kind"), Fence: near(m.state.Fence, "fence"), Operator: rapid.IntRange(-1, 3).Draw(t, "operator")})
		},
		"done": func(t *rapid.T) {
			f := facts(t, m.state)
			f.Version = max(f.Version, m.state.Record.Version)
			if m.state.Job.Kind == messages.CeremonyShare || m.state.Job.Kind == seal.Recording || m.state.Held == seal.Master {
				f.Stage = max(f.Stage, seal.Ready) // the job has seen to that
			}
			if f.Version == m.state.Record.Version {
				f = m.state.Record
			}
			_ = m.apply(t, seal.Done{Number: near(m.state.Job.Number, "number"), Facts: f, Gained: gained(t, m.state, f)})
		},
		"failed":    func(t *rapid.T) { _ = m.apply(t, seal.Failed{Number: near(m.state.Job.Number, "number")}) },
		"abandoned": func(t *rapid.T) { _ = m.apply(t, seal.Abandoned{Fence: near(m.state.Fence, "fence")}) },
		"dropped":   func(t *rapid.T) { _ = m.apply(t, seal.Dropped{}) },
		"lapsed":    func(t *rapid.T) { _ = m.apply(t, seal.Lapsed{Window: near(m.state.Windows, "window")}) },
		"mark due": func(t *rapid.T) {
			_ = m.apply(t, seal.MarkDue{Marks: rapid.IntRange(0, m.state.Marks+1).Draw(t, "marks")})
		},
		"due": func(t *rapid.T) { _ = m.apply(t, seal.Due{Tries: rapid.IntRange(0, m.state.Tries+1).Draw(t, "tries")}) },
	})
}

// TestMachineIsTotal gives every state that a random life passes every kind of request: each is begun, or refused by a
// name that people are told.
func TestMachineIsTotal(t *testing.T) {
	told := []error{
		messages.ErrFenced, messages.ErrStateUnavailable, messages.ErrGuardBusy, messages.ErrWrongState, messages.ErrMalformed, messages.ErrShareRepeated,
	}
	rapid.Check(t, func(t *rapid.T) {
		s := seal.State{
			Known:    rapid.Bool().Draw(t, "known"),
			Held:     rapid.SampledFrom([]seal.Held{seal.Nothing, seal.Outer, seal.Master}).Draw(t, "held"),
			Job:      seal.Job{Kind: rapid.SampledFrom(append(kinds(), "", seal.Automatic, seal.Recording)).Draw(t, "job")},
			Closing:  rapid.Bool().Draw(t, "closing"),
			Marked:   rapid.Bool().Draw(t, "marked"),
			Fence:    1,
			Consents: seal.Members{rapid.Uint64().Draw(t, "consents")},
		}
		s.Record = facts(t, s)
		for _, kind := range kinds() {
			next, effects, err := s.Step(seal.Asked{Kind: kind, Fence: 2, Operator: 0})
			if err == nil {
				if begin, ok := begun(effects); !ok || begin.Kind != kind || next.Job.Kind != kind {
					t.Fatalf("%s is neither begun nor refused: %+v", kind, effects)
				}
				continue
			}
			known := false
			for _, sentinel := range told {
				known = known || errors.Is(err, sentinel)
			}
			if !known {
				t.Fatalf("%s in %q is refused with %v", kind, s.Phase(), err)
			}
		}
	})
}

func begun(effects []seal.Effect) (seal.Job, bool) {
	for _, e := range effects {
		if b, ok := e.(seal.Begin); ok {
			return b.Job, true
		}
	}
	return seal.Job{}, false
}
