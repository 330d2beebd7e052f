package main_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestLawDependenciesAreKnown compares the foreign modules in the signer, and who wants them, with a list that is
// reviewed: every one of them can read the keys.
func TestLawDependenciesAreKnown(t *testing.T) {
	const golden = "depaware.txt"
	got := foreign(packages(t))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s differs; 'make golden' rewrites it, if that is meant:\n%s", golden, diff)
	}
}

// foreign lists the modules that are not ours, one a line, with those that import them.
func foreign(all map[string]listed) string {
	wanted := map[string]map[string]bool{}
	for _, path := range append(all[module+binary].Deps, module+binary) {
		from := all[path]
		if from.Standard {
			continue
		}
		importer := from.name()
		if !from.ours() {
			importer = from.Module.Path
		}
		for _, i := range from.Imports {
			if m := all[i].Module; m != nil && !all[i].ours() && m.Path != importer {
				if wanted[m.Path] == nil {
					wanted[m.Path] = map[string]bool{}
				}
				wanted[m.Path][importer] = true
			}
		}
	}
	var lines strings.Builder
	for _, m := range slices.Sorted(maps.Keys(wanted)) {
		fmt.Fprintf(&lines, "%s  <  %s\n", m, strings.Join(slices.Sorted(maps.Keys(wanted[m])), ", "))
	}
	return lines.String()
}
