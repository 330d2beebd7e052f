package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

// cancelling ends a context when it is read to the end.
type cancelling struct {
	io.Reader
	cancel context.CancelFunc
}

func (c cancelling) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	if err == io.EOF {
		c.cancel()
	}
	return n, err
}

func TestACancelledImportLeavesNothing(t *testing.T) {
	store, _ := fresh(t)
	ctx, cancel := context.WithCancel(context.Background())
	file := storetest.File(storetest.Key(1), `{"slot": "1"}`, "")
	_, err := store.Import(ctx, cancelling{strings.NewReader(file), cancel})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, messages.ErrStoreUnavailable) {
		t.Errorf("got %v", err)
	}
	if report, err := store.Verify(context.Background()); err != nil || report.Validators != 0 || !report.GenesisValidatorsRoot.IsZero() {
		t.Errorf("something is left: %+v, %v", report, err)
	}
}

func TestExportFailsWithItsWriter(t *testing.T) {
	store, _ := fresh(t)
	record(t, store, storetest.Block(storetest.Key(1), 1, 1))
	reader, writer := io.Pipe()
	reader.Close()
	if err := store.Export(context.Background(), writer); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("got %v", err)
	}
	var file bytes.Buffer
	if err := store.Export(context.Background(), &file); err != nil || !strings.Contains(file.String(), storetest.Key(1).String()) {
		t.Errorf("afterwards: %s, %v", file.String(), err)
	}
}
