package storetest

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/messages"
)

// run is one random story of a store, told to the memory store as well.
type run struct {
	subject Subject
	opener  Opener
	how     Opening
	store   eip3076.Store
	model   *memory.Store
	// told is every message that was ever allowed or imported, by key.
	told map[messages.PublicKey]*facts
}

// facts is the witness: it forgets nothing, and compares every pair.
type facts struct {
	blocks []eip3076.Block
	votes  []eip3076.Attestation
}

func (s Subject) random(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := &run{subject: s, opener: s.Place(t), how: marked(), model: memory.New(chain), told: map[messages.PublicKey]*facts{Key(0): {}, Key(1): {}}}
		r.open(rt)
		defer func() { r.store.Close() }()
		rt.Repeat(map[string]func(*rapid.T){
			"record": r.record, "record again": r.record, "import": r.load, "prune": r.prune, "watermark": r.watermark,
			"reopen": r.reopen, "newer": r.newer, "": r.compare,
		})
	})
}

func (r *run) open(rt *rapid.T) {
	var err error
	if r.store, err = r.opener(r.how); err != nil {
		rt.Fatalf("open: %v", err)
	}
}

func drawKey(rt *rapid.T) messages.PublicKey { return Key(rapid.ByteRange(0, 1).Draw(rt, "key")) }

func drawDuty(rt *rapid.T) messages.KeyDuty {
	root := rapid.ByteRange(0, 1).Draw(rt, "root")
	if rapid.Bool().Draw(rt, "block") {
		return Block(drawKey(rt), rapid.Uint64Range(0, 9).Draw(rt, "slot"), root)
	}
	return Vote(drawKey(rt), rapid.Uint64Range(0, 7).Draw(rt, "source"), rapid.Uint64Range(0, 9).Draw(rt, "target"), root)
}

func (r *run) record(rt *rapid.T) {
	duties := rapid.SliceOfN(rapid.Custom(drawDuty), 1, 4).Draw(rt, "duties")
	got, expected := record(rt, r.store, duties...), record(rt, r.model, duties...)
	for i, d := range duties {
		if (got[i] == nil) != (expected[i] == nil) || eip3076.RuleOf(got[i]) != eip3076.RuleOf(expected[i]) {
			rt.Fatalf("%s: got %v, the model says %v", describe(d), got[i], expected[i])
		}
		if got[i] == nil {
			r.allowed(rt, d)
		}
	}
}

// allowed fails if the message is slashable with respect to anything that the store was ever told of.
func (r *run) allowed(rt *rapid.T, d messages.KeyDuty) {
	known := r.told[d.Key]
	if d.Duty.Operation == messages.Attestation {
		a := eip3076.AttestationOf(d.Duty)
		for _, o := range known.votes {
			if o != a && (o.Target == a.Target || o.Surrounds(a) || a.Surrounds(o)) {
				rt.Fatalf("%s was allowed in spite of %+v", describe(d), o)
			}
		}
		known.votes = append(known.votes, a)
		return
	}
	b := eip3076.BlockOf(d.Duty)
	for _, o := range known.blocks {
		if o != b && o.Slot == b.Slot {
			rt.Fatalf("%s was allowed in spite of %+v", describe(d), o)
		}
	}
	known.blocks = append(known.blocks, b)
}

// newer expects that what is above all that is known, and above the watermark, is allowed, twice.
func (r *run) newer(rt *rapid.T) {
	key := drawKey(rt)
	next := eip3076.Floor{Slot: 13, Source: 13, Target: 13} // above every watermark that is set
	for _, b := range r.told[key].blocks {
		next = next.Raise(b.Floor())
	}
	for _, a := range r.told[key].votes {
		next = next.Raise(a.Floor())
	}
	duties := []messages.KeyDuty{Block(key, next.Slot, 1), Vote(key, next.Source, max(next.Source, next.Target), 1)}
	for i, verdict := range record(rt, r.store, append(duties, duties...)...) {
		if verdict != nil {
			rt.Fatalf("%s: %v", describe(duties[i%2]), verdict)
		}
	}
	record(rt, r.model, duties...)
	r.allowed(rt, duties[0])
	r.allowed(rt, duties[1])
}

// load imports a random file, in which anything may contradict anything.
func (r *run) load(rt *rapid.T) {
	key := drawKey(rt)
	var blocks, votes string
	rootOf := func() (eip3076.Block, string) {
		root := rapid.ByteRange(0, 2).Draw(rt, "root")
		if root == 2 {
			return eip3076.Block{}, "null"
		}
		b := eip3076.Block{SigningRoot: messages.Root{31: root}, HasRoot: true}
		return b, fmt.Sprintf("%q", b.SigningRoot)
	}
	for i := range rapid.IntRange(0, 3).Draw(rt, "blocks") {
		b, root := rootOf()
		b.Slot = rapid.Uint64Range(0, 12).Draw(rt, "slot")
		blocks += fmt.Sprintf(`%s{"slot": "%d", "signing_root": %s}`, ","[:min(i, 1)], b.Slot, root)
		r.told[key].blocks = append(r.told[key].blocks, b)
	}
	for i := range rapid.IntRange(0, 3).Draw(rt, "votes") {
		b, root := rootOf()
		a := eip3076.Attestation{SigningRoot: b.SigningRoot, HasRoot: b.HasRoot}
		a.Source, a.Target = rapid.Uint64Range(0, 10).Draw(rt, "source"), rapid.Uint64Range(0, 12).Draw(rt, "target")
		votes += fmt.Sprintf(`%s{"source_epoch": "%d", "target_epoch": "%d", "signing_root": %s}`, ","[:min(i, 1)], a.Source, a.Target, root)
		r.told[key].votes = append(r.told[key].votes, a)
	}
	file := File(key, blocks, votes)
	r.equal(rt, "import", imported(rt, r.store, file), imported(rt, r.model, file))
}

func (r *run) prune(rt *rapid.T) {
	keep := eip3076.Retention{KeepEpochs: rapid.Uint64Range(1, 8).Draw(rt, "epochs"), SlotsPerEpoch: rapid.Uint64Range(1, 2).Draw(rt, "slots")}
	r.equal(rt, "prune", pruned(rt, r.store, keep), pruned(rt, r.model, keep))
}

func (r *run) watermark(rt *rapid.T) {
	w := eip3076.Watermark{Slot: rapid.Uint64Range(0, 12).Draw(rt, "slot"), Epoch: rapid.Uint64Range(0, 12).Draw(rt, "epoch")}
	keys := rapid.SliceOfN(rapid.Custom(drawKey), 0, 2).Draw(rt, "keys")
	got, err := r.store.SetWatermark(context.Background(), w, keys...)
	if err != nil {
		rt.Fatalf("watermark: %v", err)
	}
	expected, _ := r.model.SetWatermark(context.Background(), w, keys...)
	r.equal(rt, "watermark", got, expected)
}

func (r *run) reopen(rt *rapid.T) {
	if r.subject.Volatile {
		return
	}
	if err := r.store.Close(); err != nil {
		rt.Fatalf("close: %v", err)
	}
	r.open(rt)
}

// compare is called after every step.
func (r *run) compare(rt *rapid.T) {
	r.equal(rt, "export", exported(rt, r.store), exported(rt, r.model))
}

func (r *run) equal(rt *rapid.T, what string, got, expected any) {
	rt.Helper()
	g, _ := json.Marshal(got)
	e, _ := json.Marshal(expected)
	if string(g) != string(e) {
		rt.Fatalf("%s: got %s, the model has %s", what, g, e)
	}
}
