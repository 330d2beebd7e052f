package chamber_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"containment-chamber/actors"
	"containment-chamber/actors/audit"
	"containment-chamber/actors/ceremony"
	"containment-chamber/actors/chamber"
	"containment-chamber/actors/control"
	"containment-chamber/actors/keys"
	"containment-chamber/actors/seal"
	"containment-chamber/actors/signing"
	"containment-chamber/actors/slashing"
	"containment-chamber/actors/watchdog"
)

// documented reads the supervision tree that is drawn in actors/doc.go: class to limits, as drawn.
func documented(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../doc.go")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^//\t[│ ]*(?:├─ |└─ )?([a-z]+)(?:-\d+…)?\s{2,}(never restarted|temporary|no limit, \S+…\S+|\S+ in \S+, \S+…\S+)`)
	tree := map[string]string{}
	for _, m := range line.FindAllStringSubmatch(string(text), -1) {
		tree[m[1]] = m[2]
	}
	return tree
}

func TestDocumentedTree(t *testing.T) {
	drawn := documented(t)
	var classes []string
	for class := range drawn {
		classes = append(classes, class)
	}
	slices.Sort(classes)
	want := chamber.Classes()
	slices.Sort(want)
	if !slices.Equal(classes, want) {
		t.Errorf("actors/doc.go draws %v, chamber.Classes has %v", classes, want)
	}
	for _, spec := range []actors.Spec{
		audit.Spec(audit.Config{}), slashing.Spec(slashing.Config{}), keys.Spec(keys.Config{}), signing.Spec(signing.Config{Permits: signing.NewPermits(1)}),
		watchdog.Spec(watchdog.Config{}), seal.Spec(seal.Config{}), control.Spec(control.Config{}), ceremony.Spec(ceremony.Config{}),
	} {
		if got := limits(spec.Restart); drawn[spec.Name] != got {
			t.Errorf("%s: actors/doc.go says %q, its spec %q", spec.Name, drawn[spec.Name], got)
		}
	}
}

// limits writes a Restart as actors/doc.go does.
func limits(r actors.Restart) string {
	if r.Temporary {
		return "temporary"
	}
	if r.Max == actors.NoLimit {
		return fmt.Sprintf("no limit, %s…%s", short(r.Base), short(r.Cap))
	}
	return fmt.Sprintf("%d in %s, %s…%s", r.Max, short(r.Period), short(r.Base), short(r.Cap))
}

func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}

func TestRunningTree(t *testing.T) {
	run(t, func(h *harness) {
		drawn := documented(t)
		for _, path := range h.system.Tree() {
			if class := actors.Class(path[strings.LastIndex(path, "/")+1:]); drawn[class] == "" {
				t.Errorf("%s runs and is not drawn in actors/doc.go", path)
			}
		}
		for _, path := range []string{"chamber", "chamber/audit", "chamber/slashing", "chamber/keys", "chamber/signing", "chamber/signing/worker-00", "chamber/watchdog"} {
			if !slices.Contains(h.system.Tree(), path) {
				t.Errorf("%s is drawn and does not run", path)
			}
		}
		if err := h.system.Stop(t.Context()); err != nil {
			t.Error(err)
		}
		if left := h.system.Tree(); len(left) > 0 {
			t.Errorf("left after the stop: %v", left)
		}
	})
}
