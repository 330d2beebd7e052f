package dynamodb

import (
	"slices"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// A history that is too long for one write is taken in by several; the report is that of the whole.
func TestTakingALongHistory(t *testing.T) {
	const votes = 2*mostTaken + 10
	taken := &taking{report: eip3076.ImportedValidator{Key: messages.PublicKey{1}}}
	for n := range uint64(votes) {
		taken.facts.votes = append(taken.facts.votes, eip3076.Attestation{Source: n, Target: n + 1})
	}
	taken.facts.votes = append(taken.facts.votes, taken.facts.votes[7]) // once more
	taken.facts.blocks = []eip3076.Block{{Slot: 3}, {Slot: 4}}
	var d document
	var stored []bundle // the newest first
	for writes := 1; ; writes++ {
		v := &view{document: d, read: slices.Clone(stored)}
		if err := taken.decide(v); err != nil {
			t.Fatal(err)
		}
		if items := v.sealed + 3; items > mostItems {
			t.Fatalf("write %d has %d items", writes, items)
		}
		if d, stored = v.document, v.read; !taken.next() {
			if writes != 3 {
				t.Errorf("%d writes", writes)
			}
			break
		}
		if d.Low != (eip3076.Floor{}) {
			t.Errorf("the watermark moved with write %d", writes)
		}
	}
	want := eip3076.ImportedValidator{Key: messages.PublicKey{1}, Blocks: 2, Attestations: votes, Present: 1, Low: eip3076.Floor{Slot: 4, Target: 2}}
	if taken.report != want {
		t.Errorf("got %+v, want %+v", taken.report, want)
	}
	v := view{document: d, read: stored}
	if all := v.all(); len(all.votes) != votes || len(all.blocks) != 2 || v.Top != (eip3076.Floor{Slot: 5, Source: votes - 1, Target: votes + 1}) {
		t.Errorf("%d votes, %d blocks, top %+v", len(all.votes), len(all.blocks), v.Top)
	}
}
