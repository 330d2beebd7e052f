package audit_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"containment-chamber/actors/audit"
)

// TestEventsAreAllThereAre reads the names of all records in the sources of the events, and expects the same list.
func TestEventsAreAllThereAre(t *testing.T) {
	sources, err := filepath.Glob("../../messages/*.go")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`(?:TargetAudit, |\.Message = (?:\S+, )?)"([^"]+)"`)
	var found []string
	for _, source := range sources {
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range name.FindAllStringSubmatch(string(text), -1) {
			found = append(found, match[1])
		}
	}
	listed := audit.Events()
	slices.Sort(found)
	slices.Sort(listed)
	if !slices.Equal(found, listed) {
		t.Errorf("the sources have\n%q, listed are\n%q", found, listed)
	}
}
