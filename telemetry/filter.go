package telemetry

import (
	"cmp"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strings"

	"containment-chamber/messages"
)

// levelOff is above every level that can be logged.
const levelOff = slog.Level(math.MaxInt)

// levelTrace is one step below debug, as slog numbers its levels.
const levelTrace = slog.LevelDebug - 4

// separator stands between the segments of a target.
const separator = "::"

// Filter decides by level and target which lines are written. The zero Filter writes everything from info on.
type Filter struct {
	fallback   slog.Level
	directives []directive // the longest target first, later ones first among equals
}

// directive gives the targets at and beneath one their least level.
type directive struct {
	target string
	level  slog.Level
}

// ParseFilter reads directives that are separated by commas: a level (off, error, warn, info, debug, trace) for all
// targets, or target=level for one and all beneath it. The longest target that fits a line decides, and the last among
// equals. A target may lack its first segment: "http" also means "containment_chamber::http". Without a level for all
// targets it is info. Case does not matter in levels, nor does space around the parts.
func ParseFilter(text string) (Filter, error) {
	var f Filter
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		target, name, targeted := strings.Cut(part, "=")
		if !targeted {
			target, name = "", part
		}
		level, err := parseLevel(strings.TrimSpace(name))
		if err != nil {
			return Filter{}, fmt.Errorf("log filter %q: %w", part, err)
		}
		if !targeted {
			f.fallback = level
			continue
		}
		target, err = parseTarget(strings.TrimSpace(target))
		if err != nil {
			return Filter{}, fmt.Errorf("log filter %q: %w", part, err)
		}
		f.directives = append(f.directives, directive{target, level})
	}
	slices.Reverse(f.directives)
	slices.SortStableFunc(f.directives, func(a, b directive) int { return cmp.Compare(len(b.target), len(a.target)) })
	return f, nil
}

// Enabled reports whether a line of this target and level is written.
func (f Filter) Enabled(target string, level slog.Level) bool { return level >= f.least(target) }

// least is the lowest level that is written for a target.
func (f Filter) least(target string) slog.Level {
	for _, d := range f.directives {
		if target == d.target || strings.HasPrefix(target, d.target+separator) {
			return d.level
		}
	}
	return f.fallback
}

func parseLevel(name string) (slog.Level, error) {
	switch strings.ToLower(name) {
	case "off":
		return levelOff, nil
	case "error":
		return slog.LevelError, nil
	case "warn", "warning":
		return slog.LevelWarn, nil
	case "info":
		return slog.LevelInfo, nil
	case "debug":
		return slog.LevelDebug, nil
	case "trace":
		return levelTrace, nil
	}
	return 0, fmt.Errorf("unknown level %q; use off, error, warn, info, debug or trace, or target=level", name)
}

// parseTarget returns the whole target that a directive means.
func parseTarget(name string) (string, error) {
	for segment := range strings.SplitSeq(name, separator) {
		if segment == "" || strings.ContainsFunc(segment, notInTarget) {
			return "", fmt.Errorf("bad target %q; use words of letters, digits, - and _, with :: between them", name)
		}
	}
	switch first, _, _ := strings.Cut(name, separator); first {
	case messages.TargetApp, messages.TargetAudit:
		return name, nil
	}
	return messages.TargetApp + separator + name, nil
}

func notInTarget(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-')
}
