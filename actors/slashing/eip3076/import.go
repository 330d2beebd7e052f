package eip3076

import (
	"errors"

	"containment-chamber/messages"
)

// ImportReport tells what an import did.
type ImportReport struct {
	GenesisValidatorsRoot messages.Root
	// Validators has one entry for each key of the file, in the order of their first appearance.
	Validators []ImportedValidator
}

// ImportedValidator tells what an import did for one key.
type ImportedValidator struct {
	Key messages.PublicKey
	// Blocks and Attestations count the rows that are new, Present those that were on record already.
	Blocks, Attestations, Present int
	// Slashable counts the rows in the whole history, as it is after the import, that contradict an earlier one.
	Slashable int
	// Low is the low watermark after the import.
	Low Floor
}

// Tally follows one validator through an import. A store begins one at the key's first entry and ends it, with Lift
// and Sweep, after the last entry of the file.
type Tally struct {
	Report ImportedValidator
	// lowest is where the low watermark of a store that holds nothing but the file would be.
	lowest Floor
	// given says of which kinds the file holds any row.
	given Imported
}

// Imported says of which kinds a validator has ever been given history by an import.
type Imported struct{ Blocks, Attestations bool }

// Block counts a block of the file, which the store has added unless it was present.
func (t *Tally) Block(b Block, added bool) {
	f := b.Floor()
	if t.given.Blocks {
		f.Slot = min(f.Slot, t.lowest.Slot)
	}
	t.given.Blocks, t.lowest.Slot = true, f.Slot
	if added {
		t.Report.Blocks++
	} else {
		t.Report.Present++
	}
}

// Attestation counts a vote of the file, which the store has added unless it was present.
func (t *Tally) Attestation(a Attestation, added bool) {
	f := a.Floor()
	if t.given.Attestations {
		f.Source, f.Target = min(f.Source, t.lowest.Source), min(f.Target, t.lowest.Target)
	}
	t.given.Attestations, t.lowest.Source, t.lowest.Target = true, f.Source, f.Target
	if added {
		t.Report.Attestations++
	} else {
		t.Report.Present++
	}
}

// Lift returns the low watermark after the import, and of which kinds the validator has imported history now.
//
// EIP-3076 §Conditions 2, 4 and 5 speak of the minima of the imported data. The first import of a kind raises the
// watermark to them. A later one does not, as the official cases for the complete strategy demand
// (multiple_interchanges_single_validator_single_message_gap): all files together count as the data.
func (t *Tally) Lift(low Floor, before Imported) (Floor, Imported) {
	if t.given.Blocks && !before.Blocks {
		low = low.Raise(Floor{Slot: t.lowest.Slot})
	}
	if t.given.Attestations && !before.Attestations {
		low = low.Raise(Floor{Source: t.lowest.Source, Target: t.lowest.Target})
	}
	t.Report.Low = low
	return low, Imported{Blocks: before.Blocks || t.given.Blocks, Attestations: before.Attestations || t.given.Attestations}
}

// Sweep counts the rows that contradict an earlier one in the whole history, as it is after the import. The error is that
// of a row that cannot be believed, or of reading.
func (t *Tally) Sweep(all Rows) error {
	var refused error
	_, err := all.sweep(func(err error) {
		if errors.Is(err, messages.ErrRowRefused) {
			refused = err
		} else {
			t.Report.Slashable++
		}
	})
	if err == nil {
		err = refused
	}
	return err
}

// Tallies holds the tally of every key of a file, in the order of first appearance.
type Tallies struct {
	order []*Tally
	byKey map[messages.PublicKey]*Tally
}

// Of returns the tally of a key, which it begins if there is none.
func (t *Tallies) Of(key messages.PublicKey) *Tally {
	if tally, ok := t.byKey[key]; ok {
		return tally
	}
	if t.byKey == nil {
		t.byKey = make(map[messages.PublicKey]*Tally)
	}
	tally := &Tally{Report: ImportedValidator{Key: key}}
	t.byKey[key] = tally
	t.order = append(t.order, tally)
	return tally
}

// Finish calls end for each tally and collects the reports.
func (t *Tallies) Finish(root messages.Root, end func(*Tally) error) (ImportReport, error) {
	report := ImportReport{GenesisValidatorsRoot: root, Validators: make([]ImportedValidator, 0, len(t.order))}
	for _, tally := range t.order {
		if err := end(tally); err != nil {
			return ImportReport{}, err
		}
		report.Validators = append(report.Validators, tally.Report)
	}
	return report, nil
}
