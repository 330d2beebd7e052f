package eip3076

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"containment-chamber/messages"
)

// Store is a durable history of what every validator has signed. Its methods may be called from several goroutines;
// they take turns. Every error of storage wraps [messages.ErrStoreUnavailable], and then nothing was changed, as far
// as the store can know: what turns out to be on record after all is a repeat, which is allowed.
//
// A store marks every row that it writes, and checks every row that it uses, with the [Marker] that it was given. A
// row that cannot be believed is a [RowError]: in Record, the verdict on each duty that depends on it; in a step, its
// Refused; everywhere else, the error of the call.
type Store interface {
	Recorder
	Exchanger
	Maintainer
}

// Recorder is the part of a store that the slashing actor needs.
type Recorder interface {
	// Record judges each duty against the history of its key, in order, and puts what may be signed on record, all
	// in one durable commit. A duty whose operation is not protected is compared with the store's chain only. A store
	// that belongs to no chain yet is bound to that of the first duty that names one. Without duties, Record answers
	// which chain the store belongs to.
	Record(ctx context.Context, duties []messages.KeyDuty) (messages.Recorded, error)
	// Probe writes durably, so that it fails on a store that can only be read.
	Probe(ctx context.Context) error
	// PruneNext prunes one validator: the first one whose key follows after, in ascending order. It deletes what is
	// older than the retention, counted from the newest row, which stays. Nothing that old can be signed afterwards.
	PruneNext(ctx context.Context, after messages.PublicKey, keep Retention) (PruneStep, error)
	// Close ends the store. Every later call but Close fails.
	Close() error
}

// Exchanger moves histories between signers in the format of EIP-3076.
type Exchanger interface {
	// Import adds a whole interchange file to the history, or, on any error, nothing of it. It refuses a malformed
	// file with [messages.ErrMalformed] and another chain's with [messages.ErrWrongNetwork]. A store that belongs to
	// no chain yet is bound to the file's. Slashable messages are taken in, and reported.
	Import(ctx context.Context, file io.Reader) (ImportReport, error)
	// Export writes the history of the named keys, or of all when there is none, as an interchange file. A key
	// without a history is left out.
	Export(ctx context.Context, file io.Writer, keys ...messages.PublicKey) error
}

// Maintainer keeps a store small and sound.
type Maintainer interface {
	// RekeyNext marks all rows of one validator anew: of the first one whose key follows after, in ascending order.
	RekeyNext(ctx context.Context, after messages.PublicKey, how Rekeying) (RekeyStep, error)
	// SetWatermark raises the low watermark of the named keys, or of every validator in the store when none is named,
	// and returns how many validators it concerned. A key that the store does not know yet is added. A watermark is
	// never lowered.
	SetWatermark(ctx context.Context, w Watermark, keys ...messages.PublicKey) (int, error)
	// Verify reads every row. The error tells that it could not; what is wrong with the rows is in the report.
	Verify(ctx context.Context) (VerifyReport, error)
}

// ErrNoChain refuses to export from a store that belongs to no chain, and so has signed nothing.
var ErrNoChain = errors.New("nothing to export: the store is empty and belongs to no chain yet")

// Watermark is a low watermark as an operator names it: nothing at or below Slot, no source below Epoch and no target
// at or below Epoch is signed for the first time.
type Watermark struct{ Slot, Epoch uint64 }

// Floor returns the floor that w makes, or an error when a number is greater than [MaxNumber].
func (w Watermark) Floor() (Floor, error) {
	if w.Slot > MaxNumber || w.Epoch > MaxNumber {
		return Floor{}, fmt.Errorf("%w: watermark with slot %d and epoch %d: the greatest number is %d", messages.ErrMalformed, w.Slot, w.Epoch, uint64(MaxNumber))
	}
	return Block{Slot: w.Slot}.Floor().Raise(Attestation{Source: w.Epoch, Target: w.Epoch}.Floor()), nil
}

// Retention says how much history pruning leaves.
type Retention struct {
	// KeepEpochs is how many epochs stay, the newest one included; at least 1.
	KeepEpochs uint64
	// SlotsPerEpoch is the chain's; at least 1.
	SlotsPerEpoch uint64
}

// Validate refuses a retention that would delete everything.
func (r Retention) Validate() error {
	if r.KeepEpochs == 0 || r.SlotsPerEpoch == 0 {
		return errors.New("pruning must keep at least 1 epoch of at least 1 slot")
	}
	return nil
}

// Edge returns the lowest slot and target that pruning leaves to a validator with this summary. Source is 0: how high
// the sources have to rise is known when the rows to delete are.
func (r Retention) Edge(s Summary) Floor {
	slots := r.KeepEpochs * r.SlotsPerEpoch
	if r.KeepEpochs > math.MaxUint64/r.SlotsPerEpoch {
		slots = math.MaxUint64
	}
	return Floor{Slot: s.Top.Slot - min(s.Top.Slot, slots), Target: s.Top.Target - min(s.Top.Target, r.KeepEpochs)}
}

// VerifyReport is what reading every row has shown.
type VerifyReport struct {
	GenesisValidatorsRoot            messages.Root
	Validators, Blocks, Attestations int
	// Findings is empty when all is well. What an operator may have imported knowingly (slashable messages) is found
	// too. At most [MaxFindings] are listed; Omitted counts the rest.
	Findings []Finding
	Omitted  int
}

// MaxFindings limits the findings of a report, so that a ruined store does not fill the memory.
const MaxFindings = 1000

// Finding is one thing that is wrong with a store. Key is zero when it concerns no validator.
type Finding struct {
	Key messages.PublicKey
	Err error
}

// Found adds a finding to the report.
func (r *VerifyReport) Found(key messages.PublicKey, err error) {
	if len(r.Findings) == MaxFindings {
		r.Omitted++
		return
	}
	r.Findings = append(r.Findings, Finding{Key: key, Err: err})
}

// Validator reads all rows of one validator: it counts them, and finds what contradicts or cannot be believed, and what they
// say against the summary. Of a summary that cannot be believed, refused says why, which is found as well. The error is one
// of reading.
func (r *VerifyReport) Validator(key messages.PublicKey, s Summary, refused error, all Rows) error {
	found := func(err error) { r.Found(key, err) }
	if refused != nil {
		found(refused)
	}
	rows, err := all.sweep(found)
	if err != nil {
		return err
	}
	r.Blocks += rows.blocks
	r.Attestations += rows.votes
	if refused != nil {
		return nil //nolint:nilerr // it is in the report
	}
	if rows.blocks > 0 && s.Low.Slot == 0 {
		found(errors.New("there are blocks, but no low watermark"))
	}
	if rows.votes > 0 && s.Low.Target == 0 {
		found(errors.New("there are attestations, but no low watermark"))
	}
	if s.Top.Raise(rows.top) != s.Top {
		found(errors.New("there are rows above the highest that is known of it"))
	}
	return nil
}

// CheckChain compares a duty with the chain that the store belongs to; zero stands for none yet. A protected duty has
// to name that chain; any other may also name none.
func CheckChain(d messages.Duty, chain messages.Root) error {
	claimed := d.GenesisValidatorsRoot
	if chain.IsZero() || claimed == chain || claimed.IsZero() && !d.Operation.Protected() {
		return nil
	}
	return fmt.Errorf("%w: the request names the genesis validators root %v, the slashing-protection store belongs to %v", messages.ErrWrongNetwork, claimed, chain)
}

// CheckFile compares the chain of an interchange file with the one that the store belongs to; zero stands for none yet.
func CheckFile(file, chain messages.Root) error {
	if chain.IsZero() || file == chain {
		return nil
	}
	return fmt.Errorf("%w: the interchange file is for the genesis validators root %v, the slashing-protection store belongs to %v", messages.ErrWrongNetwork, file, chain)
}
