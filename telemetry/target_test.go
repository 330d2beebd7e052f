package telemetry_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTargets(t *testing.T) {
	for name, test := range map[string]struct {
		log  func(*slog.Logger)
		want map[string]any
	}{
		"given by With": {
			func(l *slog.Logger) { l.With("target", "audit").Info("m") },
			map[string]any{"target": "audit"},
		},
		"the last With decides, and fields stay": {
			func(l *slog.Logger) { l.With("target", "audit", "a", 1).With("b", 2, "target", "x").Info("m", "c", 3) },
			map[string]any{"target": "x", "a": 1.0, "b": 2.0, "c": 3.0},
		},
		"outside of groups": {
			func(l *slog.Logger) {
				l.With("target", "audit").WithGroup("").WithGroup("g").With("target", "t", "message", "m").Info("m", "level", "deep")
			},
			map[string]any{"target": "audit", "g": map[string]any{"target": "t", "message": "m", "level": "deep"}},
		},
		"fields hide nothing": {
			func(l *slog.Logger) {
				l.With("level", "a", "time", "b").Info("m", "message", "c", "msg", "d", "timestamp", "e", "target", "f", "g", "h")
			},
			map[string]any{
				"target": "containment_chamber", "field_level": "a", "field_time": "b", "field_message": "c", "field_msg": "d",
				"field_timestamp": "e", "field_target": "f", "g": "h",
			},
		},
		"an inline group with a time that is none": {
			func(l *slog.Logger) { l.Info("m", slog.Group("", "time", "noon")) },
			map[string]any{"target": "containment_chamber", "time": "noon"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			test.log(newLogger(t, &log, ""))
			got := lines(t, &log)[0]
			for key, want := range map[string]string{"message": "m", "level": "INFO"} {
				if got[key] != want {
					t.Errorf("%s is %v, want %s", key, got[key], want)
				}
				delete(got, key)
			}
			delete(got, "timestamp")
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestSiblingsDoNotShare makes two loggers of one: neither may see the other's fields.
func TestSiblingsDoNotShare(t *testing.T) {
	var log bytes.Buffer
	parent := newLogger(t, &log, "").With("a", 1).With("b", 2).With("c", 3)
	left, right := parent.With("left", true), parent.With("right", true)
	left.With("target", "l").Info("m")
	right.With("target", "r").Info("m")
	for i, want := range []string{"left", "right"} {
		line := lines(t, &log)[i]
		delete(line, "timestamp")
		wanted := map[string]any{
			"level": "INFO", "target": want[:1], "message": "m", "a": 1.0, "b": 2.0, "c": 3.0, want: true,
		}
		if diff := cmp.Diff(wanted, line); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestEnabledFollowsTheTarget(t *testing.T) {
	logger := newLogger(t, io.Discard, "warn,audit=info,http=debug")
	for target, want := range map[string]slog.Level{
		"audit": slog.LevelInfo, "containment_chamber": slog.LevelWarn, "containment_chamber::http": slog.LevelDebug,
	} {
		of := logger.With("target", target)
		if ctx := context.Background(); !of.Enabled(ctx, want) || of.Enabled(ctx, want-1) {
			t.Errorf("%s: the least level is not %s", target, want)
		}
	}
	if got := allocations(func() { logger.Debug("m") }); got != 0 {
		t.Errorf("a line that is off costs %v allocations", got)
	}
}
