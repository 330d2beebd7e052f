package eip3076_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func TestRetentionEdge(t *testing.T) {
	s := eip3076.Summary{Top: eip3076.Floor{Slot: 101, Source: 2, Target: 11}} // the newest are 100 and 10
	for keep, want := range map[eip3076.Retention]eip3076.Floor{
		{KeepEpochs: 1, SlotsPerEpoch: 1}:              {Slot: 100, Target: 10},
		{KeepEpochs: 2, SlotsPerEpoch: 32}:             {Slot: 37, Target: 9},
		{KeepEpochs: 50, SlotsPerEpoch: 32}:            {},
		{KeepEpochs: math.MaxUint64, SlotsPerEpoch: 2}: {},
	} {
		if got := keep.Edge(s); got != want {
			t.Errorf("%+v: got %+v, want %+v", keep, got, want)
		}
	}
	if got := (eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1}).Edge(eip3076.Summary{}); got != (eip3076.Floor{}) {
		t.Errorf("of an empty history: %+v", got)
	}
}

func TestWatermarkFloor(t *testing.T) {
	if got, err := (eip3076.Watermark{Slot: 9, Epoch: 4}).Floor(); err != nil || got != (eip3076.Floor{Slot: 10, Source: 4, Target: 5}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := (eip3076.Watermark{Epoch: math.MaxUint64}).Floor(); !errors.Is(err, messages.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

func TestCheckChain(t *testing.T) {
	other := messages.Root{9}
	for _, c := range []struct {
		operation    messages.Operation
		claimed, own messages.Root
		refused      bool
	}{
		{messages.Attestation, chain, chain, false},
		{messages.Attestation, other, chain, true},
		{messages.Attestation, messages.Root{}, chain, true},
		{messages.Attestation, other, messages.Root{}, false},
		{messages.RandaoReveal, other, chain, true},
		{messages.RandaoReveal, chain, chain, false},
		{messages.ValidatorRegistration, messages.Root{}, chain, false},
	} {
		err := eip3076.CheckChain(messages.Duty{Operation: c.operation, GenesisValidatorsRoot: c.claimed}, c.own)
		if errors.Is(err, messages.ErrWrongNetwork) != c.refused || (err != nil) != c.refused {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestReportOfAValidator(t *testing.T) {
	bad := eip3076.MalformedRow(eip3076.RowBlock, "bad")
	blocks := []eip3076.Block{block(7, 1), block(7, 2)}
	votes := []eip3076.Attestation{vote(1, 2, 1)}
	whole := eip3076.Summary{Low: eip3076.Floor{Slot: 8, Source: 1, Target: 3}, Top: eip3076.Floor{Slot: 8, Source: 1, Target: 3}}
	for name, c := range map[string]struct {
		summary eip3076.Summary
		refused error
		want    []string
	}{
		"whole":              {whole, nil, []string{"double_proposal", "row: bad"}},
		"no watermarks":      {eip3076.Summary{Top: whole.Top}, nil, []string{"double_proposal", "row: bad", "blocks, but no low", "attestations, but no low"}},
		"rows above the top": {eip3076.Summary{Low: whole.Low, Top: eip3076.Floor{Slot: 8, Source: 1, Target: 2}}, nil, []string{"double_proposal", "row: bad", "above the highest"}},
		"not believed":       {eip3076.Summary{}, bad, []string{"row: bad", "double_proposal", "row: bad"}},
	} {
		var report eip3076.VerifyReport
		err := report.Validator(key, c.summary, c.refused, eip3076.Rows{Blocks: each(blocks, bad), Attestations: each(votes, nil)})
		if err != nil || report.Blocks != 3 || report.Attestations != 1 || len(report.Findings) != len(c.want) {
			t.Errorf("%s: %+v, %v", name, report, err)
			continue
		}
		for i, f := range report.Findings {
			if f.Key != key || !strings.Contains(f.Err.Error(), c.want[i]) {
				t.Errorf("%s: %v, want %q", name, f.Err, c.want[i])
			}
		}
	}
	unread := errors.New("unread")
	var report eip3076.VerifyReport
	if err := report.Validator(key, whole, nil, eip3076.Rows{Blocks: each(blocks, nil), Attestations: each(votes, unread)}); !errors.Is(err, unread) {
		t.Errorf("got %v", err)
	}
}

func TestReportListsNoMoreFindingsThanItMay(t *testing.T) {
	var report eip3076.VerifyReport
	for range eip3076.MaxFindings + 3 {
		report.Found(key, errors.New("wrong"))
	}
	if len(report.Findings) != eip3076.MaxFindings || report.Omitted != 3 {
		t.Errorf("%d findings, %d omitted", len(report.Findings), report.Omitted)
	}
}
