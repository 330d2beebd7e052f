package storetest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/messages"
)

// officialCase is one file of the interchange tests that belong to EIP-3076.
type officialCase struct {
	Name  string        `json:"name"`
	Root  messages.Root `json:"genesis_validators_root"`
	Steps []struct {
		ShouldSucceed bool            `json:"should_succeed"`
		Interchange   json.RawMessage `json:"interchange"`
		Blocks        []struct {
			Key         messages.PublicKey `json:"pubkey"`
			Slot        uint64             `json:"slot,string"`
			SigningRoot messages.Root      `json:"signing_root"`
			Allowed     bool               `json:"should_succeed_complete"`
		} `json:"blocks"`
		Attestations []struct {
			Key         messages.PublicKey `json:"pubkey"`
			Source      uint64             `json:"source_epoch,string"`
			Target      uint64             `json:"target_epoch,string"`
			SigningRoot messages.Root      `json:"signing_root"`
			Allowed     bool               `json:"should_succeed_complete"`
		} `json:"attestations"`
	} `json:"steps"`
}

// vectors returns the folder of the official cases, which lies beside the checkout, or skips the test.
func vectors(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	dir = filepath.Join(dir, "..", "shared", "vectors", "eip3076")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the official EIP-3076 cases are not at hand: put them into ../shared/vectors/eip3076 beside the checkout")
	}
	return dir
}

func (s Subject) official(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectors(t), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var c officialCase
		if err := json.Unmarshal(text, &c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		t.Run(c.Name, func(t *testing.T) { s.officialCase(t, c) })
	}
}

func (s Subject) officialCase(t *testing.T, c officialCase) {
	store := open(t, s.Place(t))
	for _, step := range c.Steps {
		_, err := store.Import(context.Background(), strings.NewReader(rechain(string(step.Interchange), c.Root)))
		if (err == nil) != step.ShouldSucceed {
			t.Fatalf("import: %v, should succeed: %v", err, step.ShouldSucceed)
		}
		for _, b := range step.Blocks {
			d := Block(b.Key, b.Slot, 0)
			d.Duty.SigningRoot = b.SigningRoot
			if verdict := record(t, store, d)[0]; (verdict == nil) != b.Allowed {
				t.Errorf("block %d of %v: %v, should succeed: %v", b.Slot, b.Key, verdict, b.Allowed)
			}
		}
		for _, a := range step.Attestations {
			d := Vote(a.Key, a.Source, a.Target, 0)
			d.Duty.SigningRoot = a.SigningRoot
			if verdict := record(t, store, d)[0]; (verdict == nil) != a.Allowed {
				t.Errorf("attestation %d→%d of %v: %v, should succeed: %v", a.Source, a.Target, a.Key, verdict, a.Allowed)
			}
		}
	}
}

// rechain gives a case another chain. The official ones use roots like zero, which stands for "not known" here: the
// root of the case becomes the suite's, any other one of nobody's.
func rechain(file string, root messages.Root) string {
	foreign := messages.Root{0xff}
	for _, r := range []messages.Root{{}, {31: 1}} {
		place := foreign
		if r == root {
			place = chain
		}
		from := `"genesis_validators_root": "` + r.String() + `"`
		file = strings.ReplaceAll(file, from, `"genesis_validators_root": "`+place.String()+`"`)
	}
	return file
}
