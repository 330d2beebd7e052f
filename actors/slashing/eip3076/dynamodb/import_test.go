package dynamodb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/dynamodb"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/storetest/dynalite"
	"containment-chamber/messages"
)

// fileOf returns an interchange file of keys with so many votes each, in two entries a key.
func fileOf(keys byte, votes int) string {
	var entries []string
	for half := range 2 {
		for k := range keys {
			var rows []string
			for n := half * votes / 2; n < (half+1)*votes/2; n++ {
				rows = append(rows, fmt.Sprintf(`{"source_epoch": "%d", "target_epoch": "%d", "signing_root": %q}`, n, n+1, messages.Root{31: 1}))
			}
			entries = append(entries, fmt.Sprintf(`{"pubkey": %q, "signed_blocks": [{"slot": "%d"}], "signed_attestations": [%s]}`, keyOf(k), half+3, strings.Join(rows, ",")))
		}
	}
	chain := block(keyOf(0), 0, 0).Duty.GenesisValidatorsRoot
	return fmt.Sprintf(`{"metadata": {"interchange_format_version": "5", "genesis_validators_root": %q}, "data": [%s]}`, chain, strings.Join(entries, ","))
}

func exported(t *testing.T, s eip3076.Exchanger) string {
	t.Helper()
	var file strings.Builder
	if err := s.Export(context.Background(), &file); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func modelOf(t *testing.T, files ...string) *memory.Store {
	t.Helper()
	m := memory.New(messages.Root{})
	for _, file := range files {
		if _, err := m.Import(context.Background(), strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestLongImport(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	file := fileOf(3, 5000) // more than one staged item for each entry, and more than one bundle
	for _, again := range []bool{false, true} {
		report, err := store.Import(context.Background(), strings.NewReader(file))
		if err != nil || len(report.Validators) != 3 {
			t.Fatalf("got %+v, %v", report, err)
		}
		for k, v := range report.Validators {
			want := eip3076.ImportedValidator{Key: keyOf(byte(k)), Blocks: 2, Attestations: 5000, Low: eip3076.Floor{Slot: 4, Target: 2}}
			if again {
				want.Blocks, want.Attestations, want.Present = 0, 0, 5002
			}
			if v != want {
				t.Errorf("got %+v, want %+v", v, want)
			}
		}
	}
	if exported(t, store) != exported(t, modelOf(t, file)) {
		t.Error("the export differs from the model's")
	}
	wantRules(t, verdicts(t, store, voteOf(keyOf(1), 5000, 5001, 1), voteOf(keyOf(1), 4000, 4001, 2)), "", eip3076.RuleDoubleVote)
}

// Until the whole file is there, it is not part of the history; from then on it is, whatever happens.
func TestImportThatIsBrokenOff(t *testing.T) {
	file := fileOf(40, 4)
	model := exported(t, modelOf(t, file))
	for writes := range 12 {
		t.Run(fmt.Sprintf("after %d writes", 10*writes), func(t *testing.T) {
			p := fresh(t)
			store := open(t, p.config())
			verdicts(t, store, block(messages.PublicKey{1}, 1, 1)) // binds the table to the chain
			before := exported(t, store)
			after := breakOff(p, t, store, file, 10*writes)
			for range 2 { // whoever opens the table completes the import; to do so again changes nothing
				got := exported(t, open(t, p.config()))
				if (got == before) == after || after && strings.Count(got, "pubkey") != strings.Count(model, "pubkey")+1 {
					t.Errorf("imported: %v, and the history is %s", after, got)
				}
			}
		})
	}
}

// breakOff imports a file until so many puts and transactions were made, and says whether the file counts as imported.
func breakOff(p place, t *testing.T, store *dynamodb.Store, file string, writes int) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	p.spy.stopAfter(writes, cancel)
	defer p.spy.stopAfter(0, nil)
	_, err := store.Import(ctx, strings.NewReader(file))
	if err != nil && !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Fatal(err)
	}
	committed := len(p.get(t, "import")) > 0
	if committed && err != nil && !errors.Is(err, dynamodb.ErrUnfinished) {
		t.Errorf("the import counts, and the error is %v", err)
	}
	return committed
}

func TestImportSurvivesFaults(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	p.Inject(
		dynalite.Fault{Operation: "PutItem", Times: 70, Lost: true}, // staged rows, and what makes them count
		dynalite.Fault{Operation: "TransactWriteItems", Times: 2, Lost: true},
		dynalite.Fault{Operation: "UpdateItem", Times: 3, Lost: true},
	)
	file := fileOf(33, 4)
	report, err := store.Import(context.Background(), strings.NewReader(file))
	if err != nil || len(report.Validators) != 33 || report.Validators[0].Attestations != 4 || report.Validators[0].Present != 0 {
		t.Fatalf("got %+v, %v", report, err)
	}
	if exported(t, store) != exported(t, modelOf(t, file)) {
		t.Error("the export differs from the model's")
	}
}
