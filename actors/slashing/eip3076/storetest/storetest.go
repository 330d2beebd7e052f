// Package storetest is the conformance suite of the port [eip3076.Store]: whoever implements the port runs [Run] in a
// test, and passes.
//
// It covers the official interchange cases of EIP-3076 where their files are at hand, a table of own cases, a property
// over random histories, chains and reopening, concurrency, and stores that fail. Tests of one store's files, locks
// and crashes belong to that store.
//
// # Decisions
//
// The property compares every answer with the memory store, which decides by looking at every row, and in addition
// checks from the outside what matters: among all messages that a store ever allowed or was told of, no newly allowed
// one is slashable with respect to another, pruned or not.
package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/messages"
)

// Opener opens the store at one place, and opens it again after Close.
type Opener func(Opening) (eip3076.Store, error)

// Opening says how a store is opened: what every store has in its Config.
type Opening struct {
	// GenesisValidatorsRoot leaves the chain open when it is zero.
	GenesisValidatorsRoot messages.Root
	Marks                 *eip3076.Marker
	Witness               *eip3076.Witness
}

// Subject is a store to test.
type Subject struct {
	// Place makes a new, empty place for a store.
	Place func(t *testing.T) Opener
	// Volatile says that the history ends with Close.
	Volatile bool
	// Shared says that others may write to the place while the store is open, so that it notices this at once.
	Shared bool
	// Break makes an open store fail from now on, as a full disk would; nil when there is no way.
	Break func(t *testing.T, store eip3076.Store)
	// Damage changes a row of an open store behind its back, which the store need not notice before it is opened
	// again, unless it is Shared. It returns false when such a row cannot exist.
	Damage func(t *testing.T, store eip3076.Store, d Damage) bool
	// Snapshot keeps what an open store holds. The function that it returns puts that back; it is called when the
	// store is closed, unless it is Volatile or Shared.
	Snapshot func(t *testing.T, store eip3076.Store) (restore func())
}

// Run tests one implementation.
func Run(t *testing.T, s Subject) {
	t.Run("official cases", s.official)
	t.Run("own cases", s.cases)
	t.Run("random histories", s.random)
	t.Run("chain", s.chain)
	t.Run("reopen", s.reopen)
	t.Run("import", s.imports)
	t.Run("export carries the watermark", s.exports)
	t.Run("prune", s.prunes)
	t.Run("watermark", s.watermarks)
	t.Run("verify", s.verifies)
	t.Run("marks", s.marks)
	t.Run("damage", s.damages)
	t.Run("rekey", s.rekeys)
	t.Run("regression", s.regressions)
	t.Run("concurrent", s.concurrent)
	t.Run("closed", s.closed)
	t.Run("cancelled", s.cancelled)
	t.Run("broken", s.broken)
}

// chain is the genesis validators root that the suite uses.
var chain = messages.Root{0x4b, 0x36, 0x3d, 0xb9}

// Key returns the n-th public key of the suite.
func Key(n byte) messages.PublicKey { return messages.PublicKey{0xa9, 46: n, 47: 1} }

// Block returns a duty to sign a block whose signing root ends in r.
func Block(key messages.PublicKey, slot uint64, r byte) messages.KeyDuty {
	return messages.KeyDuty{Key: key, Duty: messages.Duty{
		Operation: messages.BlockV2, GenesisValidatorsRoot: chain, SigningRoot: messages.Root{31: r}, Slot: slot,
	}}
}

// Vote returns a duty to sign an attestation whose signing root ends in r.
func Vote(key messages.PublicKey, source, target uint64, r byte) messages.KeyDuty {
	return messages.KeyDuty{Key: key, Duty: messages.Duty{
		Operation: messages.Attestation, GenesisValidatorsRoot: chain, SigningRoot: messages.Root{31: r},
		Slot: target * 32, SourceEpoch: source, TargetEpoch: target,
	}}
}

// Votes makes groups of new votes: of each validator in turn, and then of each for the next epoch.
type Votes struct {
	Validators int
	made       int
}

// Group returns the next votes.
func (v *Votes) Group(size int) []messages.KeyDuty {
	duties := make([]messages.KeyDuty, size)
	for i := range duties {
		var key messages.PublicKey
		binary.BigEndian.PutUint64(key[:], uint64(v.made%v.Validators)*0x9e3779b97f4a7c15) // in no order
		epoch := uint64(v.made / v.Validators)
		duties[i] = Vote(key, epoch, epoch+1, byte(epoch))
		v.made++
	}
	return duties
}

// failer is a *testing.T or a *rapid.T.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func open(t *testing.T, opener Opener) eip3076.Store {
	t.Helper()
	return with(t, opener, marked())
}

// marked opens for the suite's chain, with a key and with a witness of its own, as all tests do that say nothing else.
func marked() Opening {
	return Opening{GenesisValidatorsRoot: chain, Marks: Marks(1), Witness: eip3076.NewWitness()}
}

func with(t *testing.T, opener Opener, o Opening) eip3076.Store {
	t.Helper()
	store, err := opener(o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return store
}

// record returns the verdicts on duties in one call.
func record(t failer, store eip3076.Recorder, duties ...messages.KeyDuty) []error {
	t.Helper()
	recorded, err := store.Record(context.Background(), duties)
	if err != nil {
		t.Fatalf("record: %v", err)
	}
	if len(recorded.Verdicts) != len(duties) {
		t.Fatalf("record: %d verdicts on %d duties", len(recorded.Verdicts), len(duties))
	}
	for i, verdict := range recorded.Verdicts {
		if verdict != nil && !errors.Is(verdict, messages.ErrSlashable) && !errors.Is(verdict, messages.ErrWrongNetwork) {
			t.Fatalf("verdict %d is neither slashable nor wrong network: %v", i, verdict)
		}
	}
	return recorded.Verdicts
}

// want asks to record one duty and compares the rule that refuses it; "" for none.
func want(t failer, store eip3076.Recorder, d messages.KeyDuty, rule string) {
	t.Helper()
	if verdict := record(t, store, d)[0]; !as(verdict, rule) {
		t.Fatalf("%s: got %v, want %q", describe(d), verdict, rule)
	}
}

// as reports whether a verdict is by this rule.
func as(verdict error, rule string) bool {
	return (verdict == nil) == (rule == "") && eip3076.RuleOf(verdict) == rule
}

func describe(d messages.KeyDuty) string {
	root := d.Duty.SigningRoot[31]
	if d.Duty.Operation == messages.Attestation {
		return fmt.Sprintf("vote %d→%d with root %d", d.Duty.SourceEpoch, d.Duty.TargetEpoch, root)
	}
	return fmt.Sprintf("block %d with root %d", d.Duty.Slot, root)
}

// File returns an interchange file with one entry.
func File(key messages.PublicKey, blocks, votes string) string {
	return fmt.Sprintf(`{"metadata": {"interchange_format_version": "5", "genesis_validators_root": %q},
"data": [{"pubkey": %q, "signed_blocks": [%s], "signed_attestations": [%s]}]}`, chain, key, blocks, votes)
}

func imported(t failer, store eip3076.Exchanger, file string) eip3076.ImportReport {
	t.Helper()
	report, err := store.Import(context.Background(), strings.NewReader(file))
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return report
}

func exported(t failer, store eip3076.Exchanger, keys ...messages.PublicKey) string {
	t.Helper()
	var file strings.Builder
	if err := store.Export(context.Background(), &file, keys...); err != nil {
		t.Fatalf("export: %v", err)
	}
	return file.String()
}
