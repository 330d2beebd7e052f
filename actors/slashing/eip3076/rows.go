package eip3076

import (
	"math"

	"containment-chamber/messages"
)

// MaxNumber is the greatest slot or epoch that is recorded, signed or imported: its successor is the greatest number
// that every store can order, as SQLite and PostgreSQL count in signed 64 bits. No chain will get there.
const MaxNumber = math.MaxInt64 - 1

// Block is one signed block. Two Blocks are the same fact when they are equal.
type Block struct {
	Slot uint64
	// SigningRoot tells what was signed, if HasRoot; otherwise it is zero.
	SigningRoot messages.Root
	// HasRoot is false for a block that was imported without its root, which EIP-3076 allows.
	HasRoot bool
}

// Attestation is one signed attestation, its two checkpoints by epoch. Two Attestations are the same fact when they
// are equal.
type Attestation struct {
	Source, Target uint64
	// SigningRoot tells what was signed, if HasRoot; otherwise it is zero.
	SigningRoot messages.Root
	// HasRoot is false for a vote that was imported without its root, which EIP-3076 allows.
	HasRoot bool
}

// BlockOf is the block that a duty asks to sign.
func BlockOf(d messages.Duty) Block {
	return Block{Slot: d.Slot, SigningRoot: d.SigningRoot, HasRoot: true}
}

// AttestationOf is the attestation that a duty asks to sign.
func AttestationOf(d messages.Duty) Attestation {
	return Attestation{Source: d.SourceEpoch, Target: d.TargetEpoch, SigningRoot: d.SigningRoot, HasRoot: true}
}

// Surrounds reports whether a surrounds b (consensus-specs, is_slashable_attestation_data: the source is earlier and
// the target later).
func (a Attestation) Surrounds(b Attestation) bool { return a.Source < b.Source && a.Target > b.Target }

// Floor is the lowest that a message may be: slot ≥ Slot, source epoch ≥ Source, target epoch ≥ Target. The zero
// Floor admits everything. A low watermark of EIP-3076 is a Floor one above it for slots and targets, which must be
// greater than the watermark, and level with it for sources, which may be equal.
type Floor struct{ Slot, Source, Target uint64 }

// AdmitsBlock reports whether the floor lets b pass.
func (f Floor) AdmitsBlock(b Block) bool { return b.Slot >= f.Slot }

// AdmitsAttestation reports whether the floor lets a pass.
func (f Floor) AdmitsAttestation(a Attestation) bool {
	return a.Source >= f.Source && a.Target >= f.Target
}

// TakeBlock returns b as it is put on record by an import. Below the floor, rows that contradict it may have been
// pruned: so its root is forgotten, and it cannot be repeated.
func (f Floor) TakeBlock(b Block) Block {
	if f.AdmitsBlock(b) {
		return b
	}
	return Block{Slot: b.Slot}
}

// TakeAttestation returns a as it is put on record by an import, in the same way.
func (f Floor) TakeAttestation(a Attestation) Attestation {
	if f.AdmitsAttestation(a) {
		return a
	}
	return Attestation{Source: a.Source, Target: a.Target}
}

// Raise returns the higher of the two in each number. A floor that is only ever raised never sinks.
func (f Floor) Raise(g Floor) Floor {
	return Floor{Slot: max(f.Slot, g.Slot), Source: max(f.Source, g.Source), Target: max(f.Target, g.Target)}
}

// Floor returns the floor that a low watermark at b makes.
func (b Block) Floor() Floor { return Floor{Slot: b.Slot + 1} }

// Floor returns the floor that a low watermark at a makes.
func (a Attestation) Floor() Floor { return Floor{Source: a.Source, Target: a.Target + 1} }

// Summary is what a store keeps at hand of one validator's history.
type Summary struct {
	// Low is the low watermark.
	Low Floor
	// Top is above every row: the greatest slot plus 1, the greatest source, the greatest target plus 1. What it
	// admits conflicts with no row: at a greater slot or target there is no row that could be contradicted; a row that
	// surrounds needs a greater target, and one that is surrounded a greater source.
	Top Floor
}

// Reach is how far the history goes, as a [Witness] is told. Pruning does not lower it: what is deleted lies below Low.
func (s Summary) Reach() Floor { return s.Top.Raise(s.Low) }

// SignBlock returns the summary after b was signed and put on record. The first block sets the watermark: of what
// came before it, nothing is known.
func (s Summary) SignBlock(b Block) Summary {
	if s.Low.Slot == 0 {
		s.Low = s.Low.Raise(b.Floor())
	}
	s.Top = s.Top.Raise(b.Floor())
	return s
}

// SignAttestation returns the summary after a was signed and put on record. The first vote sets the watermark.
func (s Summary) SignAttestation(a Attestation) Summary {
	if s.Low.Target == 0 {
		s.Low = s.Low.Raise(a.Floor())
	}
	s.Top = s.Top.Raise(a.Floor())
	return s
}
