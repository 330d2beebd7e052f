package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// TestReloadByRequestAndSignal: POST /reload and SIGHUP do the same, and GET /reload tells the outcome.
func TestReloadByRequestAndSignal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(i int) string { return filepath.Join(dir, fmt.Sprintf("%d.yaml", i)) }
	writeDevKey(t, file(0), 0)
	writeDevKey(t, file(1), 1)
	p := watch(t, t.TempDir(), "--network=hoodi", "--server-listen-address=127.0.0.1", "--metrics-listen-address=127.0.0.1",
		"--key-sources-filesystem-paths="+dir)
	p.listsKeys(t, 0, 1)
	p.get(t, p.api+"/reload").expect(t, 200, `{"status":"idle"}`)
	byRequest := func() {
		if r, err := p.send("POST", p.api+"/reload", ""); err != nil || r.status != 202 {
			t.Errorf("%d %s, %v", r.status, r.body, err)
		}
	}
	bySignal := func() {
		if err := p.command.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
	}
	for added, trigger := range map[int]func(){2: byRequest, 3: bySignal} {
		replace := func(old, now int, trigger func()) {
			writeDevKey(t, file(now), now)
			if err := os.Remove(file(old)); err != nil {
				t.Fatal(err)
			}
			trigger()
			if line := p.logged(t, `"keys reloaded"`); !strings.Contains(line, `"loaded":2,"added":1,"removed":1`) {
				t.Errorf("logged %s", line)
			}
			p.listsKeys(t, 0, now)
			p.get(t, p.api+"/reload").expect(t, 200, `"status":"completed","lastOperationTime":"20`)
		}
		replace(1, added, trigger)
		replace(added, 1, byRequest)
	}
	if n := p.scrape(t)["containment_key_refresh_total"]; n != "4" {
		t.Errorf("4 keys were added, and %s are counted", n)
	}
}

// listsKeys compares the list of public keys with keys of --dev.
func (p *process) listsKeys(t *testing.T, keys ...int) {
	t.Helper()
	var got, want []string
	if err := json.Unmarshal([]byte(p.get(t, p.api+"/api/v1/eth2/publicKeys").body), &got); err != nil {
		t.Fatal(err)
	}
	for _, i := range keys {
		want = append(want, devKey(i))
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("listed are %q, want %q", got, want)
	}
}
