package chain_test

import (
	"encoding/json"
	"log/slog"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"containment-chamber/actors/audit/chain"
)

// fields reads a line's fields back with a parser that is not ours.
func fields(t interface{ Fatalf(string, ...any) }, attrs ...slog.Attr) map[string]any {
	line, _ := chain.Head{}.Append(nil, record(attrs...))
	var decoded struct{ Fields map[string]any }
	if err := json.Unmarshal(line, &decoded); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if strings.Count(string(line), "\n") != 1 {
		t.Fatalf("not one line: %q", line)
	}
	return decoded.Fields
}

func TestFields(t *testing.T) {
	got := fields(t,
		slog.Int64("int", -7), slog.Uint64("uint", 7), slog.Bool("bool", true), slog.Float64("float", 1.5), slog.Float64("nan", math.NaN()),
		slog.Duration("duration", time.Second), slog.Any("any", []int{1}), slog.Group("group", "a", "b"), slog.String("hash", `","hash":"`))
	for key, want := range map[string]any{
		"int": -7.0, "uint": 7.0, "bool": true, "float": 1.5, "nan": "NaN", "duration": "1s", "any": "[1]", "hash": `","hash":"`,
	} {
		if got[key] != want {
			t.Errorf("%s: got %v, want %v", key, got[key], want)
		}
	}
	if group, _ := got["group"].(map[string]any); group["a"] != "b" {
		t.Errorf("group: %v", got["group"])
	}
}

func TestAnyText(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		if got := fields(rt, slog.String("k", text))["k"]; got != strings.ToValidUTF8(text, "\ufffd") {
			rt.Fatalf("%q became %q", text, got)
		}
	})
}

func TestLongTextIsCut(t *testing.T) {
	got, _ := fields(t, slog.String("k", strings.Repeat("é", 1<<20)))["k"].(string)
	if len(got) > 20<<10 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes", len(got))
	}
}
