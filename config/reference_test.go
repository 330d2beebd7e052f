package config_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"containment-chamber/config"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestReferenceIsUpToDate(t *testing.T) {
	const golden = "testdata/reference.yaml"
	if *update {
		if err := os.WriteFile(golden, []byte(config.Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if config.Reference() != string(want) {
		t.Errorf("%s is out of date; run go test ./config -update", golden)
	}
}

func TestReferenceHoldsTheDefaults(t *testing.T) {
	want := leaves(sources{}.mustLoad(t))
	for key, got := range leaves(sources{yaml: config.Reference()}.mustLoad(t)) {
		if diff(got, want[key]) {
			t.Errorf("%s: got %#v, want %#v", key, got, want[key])
		}
	}
}

func TestReferenceExplainsEveryKey(t *testing.T) {
	reference := config.Reference()
	for _, s := range config.Settings() {
		if !strings.Contains(reference, "# "+s.Doc) || !strings.Contains(reference, "["+s.Env()+"]") {
			t.Errorf("%s is not explained", s.Key)
		}
	}
}
