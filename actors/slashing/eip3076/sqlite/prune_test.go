package sqlite_test

import (
	"errors"
	"path/filepath"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

// A row that is about to be deleted raises the watermark: so it has to be genuine too.
func TestPruningBelievesWhatItDeletes(t *testing.T) {
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "history.sqlite"), Marks: storetest.Marks(1)})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for n := range uint64(9) {
		record(t, store, storetest.Vote(storetest.Key(1), n, n+1, 1))
		record(t, store, storetest.Block(storetest.Key(2), n, 1))
	}
	sqlite.Edit(t, store, "UPDATE attestations SET source_epoch = 0 WHERE target_epoch = 4")
	sqlite.Edit(t, store, "UPDATE blocks SET scheme = 0 WHERE slot = 4")
	var refused []error
	report, err := eip3076.PruneAll(t.Context(), store, eip3076.Retention{KeepEpochs: 1, SlotsPerEpoch: 1}, func(f eip3076.Finding) { refused = append(refused, f.Err) })
	if err != nil || report != (eip3076.PruneReport{}) || len(refused) != 2 {
		t.Errorf("%+v, %v, %v", report, refused, err)
	}
	for _, err := range refused {
		if !errors.Is(err, messages.ErrRowRefused) {
			t.Error(err)
		}
	}
	if report, err := store.Verify(t.Context()); err != nil || report.Blocks != 9 || report.Attestations != 9 || len(report.Findings) != 2 {
		t.Errorf("%+v, %v", report, err)
	}
}
