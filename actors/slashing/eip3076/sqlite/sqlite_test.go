package sqlite_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

var root = messages.Root{0x4b, 0x36, 0x3d, 0xb9} // the suite's chain

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Subject{
		Place: func(t *testing.T) storetest.Opener {
			path := filepath.Join(memoryDir(t), "history.sqlite")
			return func(o storetest.Opening) (eip3076.Store, error) {
				return sqlite.Open(context.Background(), sqlite.Config{
					Path: path, GenesisValidatorsRoot: o.GenesisValidatorsRoot, Marks: o.Marks, Witness: o.Witness,
				})
			}
		},
		Break:    func(t *testing.T, store eip3076.Store) { sqlite.MakeReadOnly(t, store.(*sqlite.Store)) },
		Damage:   damage,
		Snapshot: snapshot,
	})
}

// memoryDir returns a new directory in memory, where there is such a thing: what the suite tests is not durability.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "slashing-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// open opens a store for the test.
func open(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	store, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return store
}

func fresh(t *testing.T) (*sqlite.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "history.sqlite")
	return open(t, path), path
}

// record returns the verdict on one duty.
func record(t *testing.T, store *sqlite.Store, d messages.KeyDuty) error {
	t.Helper()
	recorded, err := store.Record(context.Background(), []messages.KeyDuty{d})
	if err != nil {
		t.Fatal(err)
	}
	return recorded.Verdicts[0]
}

// refused expects that the file cannot be opened, with an error that gives this advice.
func refused(t *testing.T, cfg sqlite.Config, advice string) {
	t.Helper()
	store, err := sqlite.Open(context.Background(), cfg)
	if err == nil {
		store.Close()
	}
	if !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), advice) || !strings.Contains(err.Error(), cfg.Path) {
		t.Errorf("got %v, want %q", err, advice)
	}
}

func TestOpenSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("this is no database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, sqlite.Config{Path: text}, "it is damaged or no SQLite database")
	refused(t, sqlite.Config{Path: dir}, "it is a directory: name a file in it")
	refused(t, sqlite.Config{Path: filepath.Join(dir, "no", "history.sqlite")}, "create the directory first")
	refused(t, sqlite.Config{Path: filepath.Join(dir, "none.sqlite"), MustExist: true}, "no such file")
	refused(t, sqlite.Config{Path: filepath.Join(text, "history.sqlite")}, "not a directory")
	refused(t, sqlite.Config{Path: os.DevNull}, "it is not a regular file")
}

func TestPathsNeedNoEscaping(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?c%20&d#é.sqlite")
	open(t, path)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

func TestSecondOpenerIsRefused(t *testing.T) {
	store, path := fresh(t)
	refused(t, sqlite.Config{Path: path}, "another process uses it")
	if err := record(t, store, storetest.Block(storetest.Key(1), 1, 1)); err != nil {
		t.Error(err)
	}
}

// The test starts its own program again to be the other process.
func TestSecondProcessIsRefused(t *testing.T) {
	if path := os.Getenv("SQLITE_TEST_SECOND_PROCESS"); path != "" {
		refused(t, sqlite.Config{Path: path}, "another process uses it, the signer or one of its tools: stop that first")
		return
	}
	_, path := fresh(t)
	other := exec.Command(os.Args[0], "-test.run=^TestSecondProcessIsRefused$")
	other.Env = append(os.Environ(), "SQLITE_TEST_SECOND_PROCESS="+path)
	if output, err := other.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, output)
	}
}

func TestOnlyTheOwnerMayRead(t *testing.T) {
	store, path := fresh(t)
	record(t, store, storetest.Block(storetest.Key(1), 1, 1))
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("opened again: %v, %v", info, err)
	}
}

// What Record has answered is in the files, as a crash at that moment would leave them.
func TestRecordedSurvivesACrash(t *testing.T) {
	store, path := fresh(t)
	crashed := filepath.Join(t.TempDir(), "history.sqlite")
	for n := range uint64(3) {
		if err := record(t, store, storetest.Vote(storetest.Key(1), n, n+1, 1)); err != nil {
			t.Fatal(err)
		}
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crashed+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, crashed)
	for n := range uint64(3) {
		if err := record(t, again, storetest.Vote(storetest.Key(1), n, n+1, 1)); err != nil {
			t.Errorf("repeat of target %d: %v", n+1, err)
		}
		if err := record(t, again, storetest.Vote(storetest.Key(1), n, n+1, 2)); eip3076.RuleOf(err) != eip3076.RuleDoubleVote {
			t.Errorf("double vote for target %d: %v", n+1, err)
		}
	}
}

func TestProbeNoticesThatTheFileIsGone(t *testing.T) {
	store, path := fresh(t)
	if err := store.Probe(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("gone: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "moved, replaced, emptied or deleted") {
		t.Errorf("replaced: %v", err)
	}
	if _, err := store.Record(context.Background(), nil); !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("record: %v", err)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if err := store.Probe(context.Background()); err != nil {
		t.Errorf("back: %v", err)
	}
}

// TestEmptiedFileIsRefused: the history is in the log then, and SQLite would throw the log away.
func TestEmptiedFileIsRefused(t *testing.T) {
	store, path := fresh(t)
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	if err := store.Probe(context.Background()); !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("probe: %v", err)
	}
	refused(t, sqlite.Config{Path: path}, "it is empty, but its log")
}

func TestAnotherChainIsRefused(t *testing.T) {
	store, path := fresh(t)
	record(t, store, storetest.Block(storetest.Key(1), 1, 1))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := sqlite.Open(context.Background(), sqlite.Config{Path: path, GenesisValidatorsRoot: messages.Root{1}})
	if !errors.Is(err, messages.ErrWrongNetwork) || errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), root.String()) {
		t.Errorf("got %v", err)
	}
}
