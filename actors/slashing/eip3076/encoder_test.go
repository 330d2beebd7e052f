package eip3076_test

import (
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

func each[T any](list []T, end error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, row := range list {
			if !yield(row, nil) {
				return
			}
		}
		if end != nil {
			var none T
			yield(none, end)
		}
	}
}

func encode(t *testing.T, root messages.Root, histories ...eip3076.History) string {
	t.Helper()
	var out strings.Builder
	e := eip3076.NewEncoder(&out, root)
	for _, h := range histories {
		if err := e.History(h.Key, eip3076.Floor{}, eip3076.Rows{Blocks: each(h.Blocks, nil), Attestations: each(h.Attestations, nil)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEncoderWritesTheSpecifiedForm(t *testing.T) {
	got := encode(t, chain, eip3076.History{Key: key, Blocks: []eip3076.Block{block(1, 2), {Slot: 3}}, Attestations: []eip3076.Attestation{vote(4, 5, 6)}})
	var parsed any
	if err := json.Unmarshal([]byte(got), &parsed); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	want := map[string]any{
		"metadata": map[string]any{"interchange_format_version": "5", "genesis_validators_root": chain.String()},
		"data": []any{map[string]any{
			"pubkey":              key.String(),
			"signed_blocks":       []any{map[string]any{"slot": "1", "signing_root": messages.Root{31: 2}.String()}, map[string]any{"slot": "3"}},
			"signed_attestations": []any{map[string]any{"source_epoch": "4", "target_epoch": "5", "signing_root": messages.Root{31: 6}.String()}},
		}},
	}
	if !reflect.DeepEqual(parsed, want) {
		t.Errorf("got %s", got)
	}
}

func TestEncoderPutsAWitnessAtTheWatermark(t *testing.T) {
	blocks := []eip3076.Block{block(1, 1), block(4, 1), block(7, 1)}
	votes := []eip3076.Attestation{vote(1, 2, 1), vote(4, 5, 1), vote(5, 8, 1)}
	unknown := func(source, target uint64) eip3076.Attestation {
		return eip3076.Attestation{Source: source, Target: target}
	}
	for name, c := range map[string]struct {
		low    eip3076.Floor
		blocks []eip3076.Block
		votes  []eip3076.Attestation
	}{
		"no watermark":          {eip3076.Floor{}, blocks, votes},
		"at the first rows":     {eip3076.Floor{Slot: 2, Source: 1, Target: 3}, blocks, votes},
		"at later rows":         {eip3076.Floor{Slot: 5, Source: 4, Target: 6}, blocks[1:], votes[1:]},
		"at a row's target":     {eip3076.Floor{Slot: 5, Source: 5, Target: 6}, blocks[1:], []eip3076.Attestation{votes[1], unknown(5, 5), votes[2]}},
		"between rows":          {eip3076.Floor{Slot: 4, Source: 1, Target: 5}, append([]eip3076.Block{{Slot: 3}}, blocks[1:]...), append([]eip3076.Attestation{unknown(1, 4)}, votes[1:]...)},
		"a skipped high source": {eip3076.Floor{Slot: 7, Source: 2, Target: 7}, append([]eip3076.Block{{Slot: 6}}, blocks[2:]...), append([]eip3076.Attestation{unknown(4, 6)}, votes[2:]...)},
		"above all rows":        {eip3076.Floor{Slot: 10, Source: 9, Target: 10}, []eip3076.Block{{Slot: 9}}, []eip3076.Attestation{unknown(9, 9)}},
	} {
		var out strings.Builder
		e := eip3076.NewEncoder(&out, chain)
		err := errors.Join(e.History(key, c.low, eip3076.Rows{Blocks: each(blocks, nil), Attestations: each(votes, nil)}), e.Close())
		got, _, decodeErr := decode(out.String())
		if err != nil || decodeErr != nil || len(got) != 1 {
			t.Fatalf("%s: %v, %v", name, err, decodeErr)
		}
		if !reflect.DeepEqual(got[0].Blocks, c.blocks) || !reflect.DeepEqual(got[0].Attestations, c.votes) {
			t.Errorf("%s: got %+v", name, got[0])
		}
	}
}

func TestEncoderReturnsErrors(t *testing.T) {
	broken := errors.New("broken")
	for name, low := range map[string]eip3076.Floor{"no watermark": {}, "watermark": {Slot: 5, Target: 5}} {
		e := eip3076.NewEncoder(&strings.Builder{}, chain)
		if err := e.History(key, low, eip3076.Rows{Blocks: each([]eip3076.Block{block(1, 1)}, broken), Attestations: each[eip3076.Attestation](nil, nil)}); !errors.Is(err, broken) {
			t.Errorf("%s, blocks: %v", name, err)
		}
		if err := e.History(key, low, eip3076.Rows{Blocks: each[eip3076.Block](nil, nil), Attestations: each([]eip3076.Attestation{vote(1, 2, 1)}, broken)}); !errors.Is(err, broken) {
			t.Errorf("%s, votes: %v", name, err)
		}
	}
	if err := eip3076.NewEncoder(full{}, chain).Close(); !errors.Is(err, errFull) {
		t.Errorf("full: %v", err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
