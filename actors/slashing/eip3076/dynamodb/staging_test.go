package dynamodb_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"containment-chamber/messages"
)

func TestTwoImportsAtOnce(t *testing.T) {
	p := fresh(t)
	one, other := fileOf(3, 40), fileOf(5, 20)
	var wait sync.WaitGroup
	outcomes := make([]error, 2)
	for i, file := range []string{one, other} {
		store := open(t, p.config())
		wait.Go(func() { _, outcomes[i] = store.Import(context.Background(), strings.NewReader(file)) })
	}
	wait.Wait()
	var done []string
	for i, err := range outcomes {
		switch {
		case err == nil:
			done = append(done, []string{one, other}[i])
		case !strings.Contains(err.Error(), "another import is under way"):
			t.Error(err)
		}
	}
	if got := exported(t, open(t, p.config())); len(done) == 1 && got != exported(t, modelOf(t, done...)) ||
		len(done) == 2 && got != exported(t, modelOf(t, one, other)) && got != exported(t, modelOf(t, other, one)) || len(done) == 0 {
		t.Errorf("%d imports, and the history is %s", len(done), got)
	}
}

// Staged rows that are needed and gone are not passed over.
func TestStagedRowsThatAreGone(t *testing.T) {
	p := fresh(t)
	verdicts(t, open(t, p.config()), block(keyOf(1), 1, 1))
	p.put(t, item{"pk": text("import"), "id": text("lost"), "items": number("2"), "applied": number("0")})
	store := open(t, p.config()) // which is possible, so that health can be asked
	if err := store.Probe(context.Background()); err != nil {
		t.Error(err)
	}
	if _, err := store.Record(context.Background(), []messages.KeyDuty{block(keyOf(1), 2, 1)}); !errors.Is(err, messages.ErrStoreUnavailable) || !strings.Contains(err.Error(), "import#lost#0") {
		t.Errorf("got %v", err)
	}
}

// An import for a validator whose rows cannot be believed takes nothing in.
func TestImportIsRefusedBeforeItCounts(t *testing.T) {
	p := fresh(t)
	store := open(t, p.config())
	verdicts(t, store, block(keyOf(2), 9, 1))
	before := exported(t, store)
	good := p.get(t, headOf(keyOf(2)))
	bad := p.get(t, headOf(keyOf(2)))
	bad["blocks"] = blob([]byte("x"))
	p.put(t, bad)
	if _, err := store.Import(context.Background(), strings.NewReader(fileOf(3, 4))); !errors.Is(err, messages.ErrRowRefused) {
		t.Errorf("got %v", err)
	}
	p.put(t, good)
	if after := exported(t, open(t, p.config())); after != before {
		t.Errorf("the history is %s", after)
	}
}
