package sqlite_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/actors/slashing/eip3076"
	"containment-chamber/actors/slashing/eip3076/sqlite"
	"containment-chamber/actors/slashing/eip3076/storetest"
	"containment-chamber/messages"
)

// The few rows that are read to learn the top of a history tell the same as all of them.
func TestTopIsReadFromAFewRows(t *testing.T) {
	store, _ := fresh(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		key := messages.PublicKey{byte(n >> 8), byte(n)}
		var votes []string
		var top eip3076.Floor
		for range rapid.IntRange(0, 5).Draw(rt, "votes") {
			a := eip3076.Attestation{Source: rapid.Uint64Range(0, 9).Draw(rt, "source"), Target: rapid.Uint64Range(0, 9).Draw(rt, "target")}
			votes = append(votes, fmt.Sprintf(`{"source_epoch": "%d", "target_epoch": "%d"}`, a.Source, a.Target))
			top = top.Raise(a.Floor())
		}
		if _, err := store.Import(context.Background(), strings.NewReader(storetest.File(key, "", strings.Join(votes, ",")))); err != nil {
			rt.Fatal(err)
		}
		_, read := sqlite.Summary(t, store, key)
		if read.Top != top {
			rt.Fatalf("read %+v, want %+v", read.Top, top)
		}
	})
}

func TestWhatIsKeptIsWhatIsRead(t *testing.T) {
	store, _ := fresh(t)
	for n := range uint64(30) {
		record(t, store, storetest.Vote(storetest.Key(1), n*n%7, n+3, 1))
		record(t, store, storetest.Block(storetest.Key(1), n*n%11, 1))
	}
	if kept, read := sqlite.Summary(t, store, storetest.Key(1)); kept != read || kept.Top == (eip3076.Floor{}) {
		t.Errorf("kept %+v, read %+v", kept, read)
	}
}
