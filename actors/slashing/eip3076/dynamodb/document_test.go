package dynamodb

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
)

func TestBundlesHangOnTheHead(t *testing.T) {
	var d document
	d.rows.blocks = []eip3076.Block{{Slot: 9}}
	first := d.seal()
	d.rows.votes = []eip3076.Attestation{{Source: 3, Target: 4}}
	second := d.seal()
	if first.below != (eip3076.Floor{}) || second.below != (eip3076.Floor{Slot: 10}) || second.previous != first.digest() {
		t.Errorf("got %+v after %+v", second, first)
	}
	want := older{next: 2, floor: eip3076.Floor{Slot: 10, Source: 3, Target: 5}, last: second.digest()}
	if !reflect.DeepEqual(d.older, want) || d.rows.count() != 0 {
		t.Errorf("got %+v, want %+v", d, want)
	}
}

// Rows that are left out by what the head says are those that would be gone if every pruning had deleted at once, also
// where retention changed, and where imports brought rows from below an earlier edge.
func TestCutsLeaveOutWhatPruningDeleted(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var o older
		var bundles, plain []rows // as stored, and as they would be
		for range rapid.IntRange(1, maxCuts).Draw(rt, "steps") {
			for range rapid.IntRange(0, 2).Draw(rt, "bundles") {
				r := rows{blocks: []eip3076.Block{{Slot: rapid.Uint64Range(0, 9).Draw(rt, "slot")}}, votes: []eip3076.Attestation{{
					Source: rapid.Uint64Range(0, 9).Draw(rt, "source"), Target: rapid.Uint64Range(0, 9).Draw(rt, "target"), HasRoot: true,
				}}}
				bundles, plain = append(bundles, r), append(plain, r)
				o.next++
			}
			n := func(what string) uint64 { return rapid.Uint64Range(0, 9).Draw(rt, what) }
			floor := eip3076.Floor{Slot: n("floor slot"), Source: n("floor source"), Target: n("floor target")}
			o.prune(floor)
			for i := range plain {
				plain[i] = plain[i].after(floor)
			}
		}
		for i := range bundles {
			if got := bundles[i].after(o.cutAt(uint64(i))); !reflect.DeepEqual(got, plain[i]) {
				rt.Fatalf("bundle %d: got %+v, want %+v, cuts %+v", i, got, plain[i], o.cuts)
			}
		}
	})
}

func TestCutsAreFew(t *testing.T) {
	o := older{next: 1}
	for n := range uint64(100) {
		o.prune(eip3076.Floor{Slot: n, Target: n})
		if len(o.cuts) != 1 {
			t.Fatalf("ever further: %+v", o.cuts)
		}
	}
	before := slices.Clone(o.cuts)
	for n := range uint64(3 * maxCuts) {
		o.next++
		o.prune(eip3076.Floor{Slot: 50 - n, Target: n})
		if len(o.cuts) > maxCuts || o.cutAt(0).Raise(before[0].floor) != o.cutAt(0) {
			t.Fatalf("ever less: %+v", o.cuts)
		}
	}
	o.first = o.next
	if o.prune(eip3076.Floor{Slot: 1}); len(o.cuts) != 0 {
		t.Errorf("without bundles: %+v", o.cuts)
	}
}
