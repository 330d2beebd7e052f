package main_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	program "containment-chamber/cmd/containment-chamber"
)

// TestStatusIsTold renders testdata/status: what a signer replies, and what is made of it for people and for programs.
func TestStatusIsTold(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "status", "*.txtar"))
	if err != nil || len(files) < 6 {
		t.Fatalf("%d files, %v: there are six states", len(files), err)
	}
	now := time.Date(2026, 11, 22, 3, 15, 0, 0, time.UTC)
	untold := maps.Clone(document().Components.Schemas["ChamberStatus"].Value.Properties)
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		reply := archive.Files[0].Data
		want := txtar.Archive{Comment: archive.Comment, Files: archive.Files[:1]}
		for _, output := range []string{"text", "json"} {
			told, err := program.Status(reply, output, now)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want.Files = append(want.Files, txtar.File{Name: output, Data: []byte(told)})
		}
		sameReply(t, name, reply, want.Files[2].Data)
		for member := range lawful(t, name, reply) {
			delete(untold, member)
		}
		golden := txtar.Format(&want)
		if *update {
			if err := os.WriteFile(name, golden, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(txtar.Format(archive)), string(golden)); diff != "" && !*update {
			t.Errorf("%s (-file, +told; go test -update writes it anew):\n%s", name, diff)
		}
	}
	if len(untold) > 0 {
		t.Errorf("no reply has %v", slices.Collect(maps.Keys(untold)))
	}
}

// lawful expects that a reply is as the API's document says.
func lawful(t *testing.T, name string, reply []byte) map[string]any {
	t.Helper()
	var value map[string]any
	if err := json.Unmarshal(reply, &value); err != nil {
		t.Fatal(err)
	}
	if err := document().Components.Schemas["ChamberStatus"].Value.VisitJSON(value); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return value
}

// sameReply expects that the report for programs holds all that the signer has replied.
func sameReply(t *testing.T, name string, reply, told []byte) {
	t.Helper()
	var report struct {
		Signers []struct{ Reply map[string]any }
	}
	var want map[string]any
	if err := json.Unmarshal(reply, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(told, &report); err != nil {
		t.Fatal(err)
	}
	for key, value := range want {
		if got := report.Signers[0].Reply[key]; !cmp.Equal(value, got) {
			t.Errorf("%s: %s: got %v, want %v", name, key, got, value)
		}
	}
}

func TestStatusSteersNoTerminal(t *testing.T) {
	evil := []byte(`{"state":"sealed\u001b[2J","detail":"full","version":"\u009b31m","mode":"kms\u202e","kms":{"threshold":1,"error":"\r\u0007"},"keys":{"\u001b]0;x\u0007":1},
		"emergency":{"by":"\b\b","reason":"\u001bc"},"quorum":{"operators":[{"name":"\u001b[1m;rm -rf ~"}]}}`)
	told, err := program.Status(evil, "text", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if i := strings.IndexFunc(told, func(r rune) bool { return r != '\n' && (r < ' ' || r >= 0x7f) }); i >= 0 {
		t.Errorf("it writes %q", told[i:])
	}
	if told, err = program.Status(evil, "json", time.Now()); err != nil || bytes.ContainsAny([]byte(told), "\x1b\r\b\a") {
		t.Errorf("it writes %q, %v", told, err)
	}
}
