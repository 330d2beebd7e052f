package postgres

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func drawDuty(rt *rapid.T) messages.Duty {
	d := messages.Duty{SigningRoot: messages.Root{rapid.ByteRange(0, 1).Draw(rt, "root")}}
	if rapid.Bool().Draw(rt, "block") {
		d.Operation, d.Slot = messages.BlockV2, rapid.Uint64Range(0, 9).Draw(rt, "slot")
		return d
	}
	d.Operation = messages.Attestation
	d.SourceEpoch, d.TargetEpoch = rapid.Uint64Range(0, 9).Draw(rt, "source"), rapid.Uint64Range(0, 9).Draw(rt, "target")
	return d
}

// drawHistory signs random duties one after another, and returns the head and all rows.
func drawHistory(rt *rapid.T) (h eip3076.Head, all related) {
	for _, d := range rapid.SliceOfN(rapid.Custom(drawDuty), 0, 12).Draw(rt, "history") {
		if d.Operation == messages.Attestation {
			a := eip3076.AttestationOf(d)
			if repeat, err := eip3076.CheckAttestation(a, h.Low, all.votes); err == nil && !repeat {
				h.Summary, all.votes = h.SignAttestation(a), append(all.votes, a)
			}
			continue
		}
		b := eip3076.BlockOf(d)
		if repeat, err := eip3076.CheckBlock(b, h.Low, all.blocks); err == nil && !repeat {
			h.Summary, all.blocks = h.SignBlock(b), append(all.blocks, b)
		}
	}
	return h, all
}

// A head alone allows only what all rows allow, and comes to the same head; with the rows everything is decided.
func TestAHeadNeverAllowsMoreThanTheRows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h, all := drawHistory(rt)
		duties := rapid.SliceOfN(rapid.Custom(drawDuty), 1, 4).Draw(rt, "duties")
		quick := &trial{duties: duties, was: &head{Head: h}}
		full := &trial{duties: duties, was: &head{Head: h}, read: true, rows: make([]related, len(duties))}
		for i := range full.rows {
			full.rows[i] = all
		}
		if !full.judge() {
			rt.Fatal("rows do not suffice")
		}
		if !quick.judge() {
			return
		}
		for i := range duties {
			if quick.verdicts[i] != nil || full.verdicts[i] != nil {
				rt.Fatalf("duty %d: %v by the head, %v by the rows", i, quick.verdicts[i], full.verdicts[i])
			}
		}
		if quick.next != full.next || len(quick.blocks) != len(full.blocks) || len(quick.votes) != len(full.votes) {
			rt.Fatalf("%+v by the head, %+v by the rows", quick.next, full.next)
		}
	})
}

func TestTrialRefusesWhatDependsOnARowThatIsNotBelieved(t *testing.T) {
	bad := errors.New("bad row")
	d := messages.Duty{Operation: messages.BlockV2, Slot: 5}
	tr := &trial{duties: []messages.Duty{d, {Operation: messages.BlockV2, Slot: 6}}, was: &head{}, read: true, rows: []related{{refused: bad}, {}}}
	if !tr.judge() || !errors.Is(tr.verdicts[0], bad) || tr.verdicts[1] != nil || len(tr.blocks) != 1 {
		t.Errorf("got %v, %v", tr.verdicts, tr.blocks)
	}
	tr.refuse(bad)
	if !errors.Is(tr.verdicts[0], bad) || !errors.Is(tr.verdicts[1], bad) {
		t.Errorf("got %v", tr.verdicts)
	}
}

func TestTrialsGroupByKeyInOrder(t *testing.T) {
	duty := func(key byte, slot uint64, op messages.Operation) messages.KeyDuty {
		return messages.KeyDuty{Key: messages.PublicKey{key}, Duty: messages.Duty{Operation: op, Slot: slot}}
	}
	list := trials([]messages.KeyDuty{
		duty(1, 1, messages.BlockV2), duty(2, 2, messages.BlockV2), duty(1, 3, messages.RandaoReveal), duty(1, 4, messages.BlockV2), duty(2, 5, messages.BlockV2),
	}, []error{nil, nil, nil, nil, errors.New("another chain")})
	if len(list) != 2 || len(list[0].at) != 2 || list[0].at[1] != 3 || len(list[1].at) != 1 || list[1].duties[0].Slot != 2 {
		t.Errorf("got %+v", list)
	}
}
