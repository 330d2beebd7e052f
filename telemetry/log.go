package telemetry

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/lmittmann/tint"
)

// The formats of [LogConfig]. FormatAuto is text on a terminal and JSON elsewhere; so is the empty string.
const (
	FormatText = "text"
	FormatJSON = "json"
	FormatAuto = "auto"
)

// timeLayout is RFC 3339 with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z07:00"

// LogConfig is what [NewLogger] needs.
type LogConfig struct {
	// Writer receives each line in one call of Write.
	Writer io.Writer
	// Format is one of the formats above.
	Format string
	// Color asks for or against ANSI colours in text; nil means colours on a terminal.
	Color *bool
	// Level is a filter as [ParseFilter] reads it.
	Level string
	// Terminal says that Writer is one.
	Terminal bool
	// Later takes what writes a line, to be called soon and in order, by one goroutine: whoever logs does not wait until
	// the line is composed. Nil writes at once.
	Later func(write func())
}

// NewLogger makes the logger of the program. A line has a timestamp in UTC, a level, a target, a message, and its
// fields; With("target", …) moves a logger to another target than "containment_chamber". An attribute that has the name
// of one of those gets the prefix "field_". One whose key looks like a secret's is written as "[redacted]". The error
// says that the format or the filter cannot be understood.
func NewLogger(cfg LogConfig) (*slog.Logger, error) {
	filter, err := ParseFilter(cfg.Level)
	if err != nil {
		return nil, err
	}
	root, err := newFormat(cfg)
	if err != nil {
		return nil, err
	}
	return slog.New(newTargetHandler(root, filter, cfg.Later)), nil
}

// newFormat makes the handler that writes lines. It writes every level: filtering is over when it is asked.
func newFormat(cfg LogConfig) (slog.Handler, error) {
	format := cfg.Format
	if format == "" || format == FormatAuto {
		format = FormatJSON
		if cfg.Terminal {
			format = FormatText
		}
	}
	redact := redactor()
	switch format {
	case FormatText:
		color := cfg.Terminal
		if cfg.Color != nil {
			color = *cfg.Color
		}
		return tint.NewTextHandler(cfg.Writer, &tint.Options{
			Level: levelTrace, NoColor: !color, TimeFormat: timeLayout,
			ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
				if isTimestamp(groups, a) {
					return slog.Time(slog.TimeKey, a.Value.Time().UTC())
				}
				return redact(groups, a)
			},
		}), nil
	case FormatJSON:
		return slog.NewJSONHandler(cfg.Writer, &slog.HandlerOptions{
			Level: levelTrace,
			ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
				return redact(groups, contractKey(groups, a))
			},
		}), nil
	}
	return nil, fmt.Errorf("unknown log format %q; use %s, %s or %s", cfg.Format, FormatText, FormatJSON, FormatAuto)
}

// contractKey gives slog's own attributes the names and the form that the log's contract has for them.
func contractKey(groups []string, a slog.Attr) slog.Attr {
	if isTimestamp(groups, a) {
		return slog.String(timestampKey, a.Value.Time().UTC().Format(timeLayout))
	}
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.MessageKey:
		a.Key = messageKey
	case slog.LevelKey: // as text it needs no reflection
		a.Value = slog.StringValue(a.Value.String())
	}
	return a
}

// isTimestamp reports whether an attribute is the line's own time.
func isTimestamp(groups []string, a slog.Attr) bool {
	return len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime
}
