package slashing_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/actorstest"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/memory"
	"containment-chamber/actors/slashing/highwater"
	"containment-chamber/messages"
)

// process is one process with a high-water file, on a store that has seen nothing.
func process(t *testing.T, path string, act func(*actorstest.Kit, actors.Ref[messages.Slashing])) {
	t.Helper()
	witness := eip3076.NewWitness()
	water, err := slashing.LoadHighWater(path, chain, witness)
	if err != nil {
		t.Fatal(err)
	}
	actorstest.Run(t, func(k *actorstest.Kit) {
		d := &disk{Store: memory.Open(memory.Config{GenesisValidatorsRoot: chain, Witness: witness})}
		act(k, actorstest.Spawn[messages.Slashing](k, slashing.Spec(slashing.Config{
			Timeout: time.Second, HighWater: water, Open: d.open,
		})))
	})
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestTheNextProcessKnows(t *testing.T) {
	for _, name := range []string{"at its end", "a while later"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "high water")
			early := path + ".early"
			process(t, path, func(k *actorstest.Kit, ref actors.Ref[messages.Slashing]) {
				if _, err := actorstest.Ask(k, ref, proposal(7, 1)); err != nil {
					t.Error(err)
				}
				if name == "a while later" { // what the end writes must not help
					k.Advance(2 * time.Minute)
					rename(t, path, early)
				}
			})
			if name == "a while later" {
				rename(t, early, path)
			}
			process(t, path, func(k *actorstest.Kit, ref actors.Ref[messages.Slashing]) {
				if r, err := actorstest.Ask(k, ref, proposal(8, 1)); err != nil || !errors.Is(r.Verdicts[0], messages.ErrStoreRegressed) {
					t.Errorf("%+v, %v", r, err)
				}
			})
		})
	}
}

// Whoever knows no chain leaves that of the file in it.
func TestTheHighWaterFileKeepsItsChain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "high water")
	if err := highwater.Write(path, chain, map[messages.PublicKey]eip3076.Floor{{1}: {Slot: 1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := slashing.LoadHighWater(path, messages.Root{}, eip3076.NewWitness()); err != nil {
		t.Fatal(err)
	}
	if _, err := slashing.LoadHighWater(path, messages.Root{9}, eip3076.NewWitness()); !errors.Is(err, highwater.ErrRefused) {
		t.Errorf("taken for another chain: %v", err)
	}
}

func TestAHighWaterFileThatCannotBeUsedStopsTheStart(t *testing.T) {
	dir := t.TempDir()
	damaged := filepath.Join(dir, "damaged")
	if err := os.WriteFile(damaged, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{damaged, filepath.Join(dir, "none", "file")} {
		if _, err := slashing.LoadHighWater(path, chain, eip3076.NewWitness()); err == nil {
			t.Errorf("%s was taken", path)
		}
	}
}
