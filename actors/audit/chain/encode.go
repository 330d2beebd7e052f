package chain

import (
	"encoding/json"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxText bounds one text, in bytes: a stack of 64 frames fits.
const maxText = 16 << 10

// appendFields appends an object. Of two fields with one name the later counts, as in every reader of JSON.
func appendFields(buf []byte, fields []slog.Attr) []byte {
	buf = append(buf, '{')
	for i, f := range fields {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = appendText(buf, f.Key)
		buf = appendValue(append(buf, ':'), f.Value)
	}
	return append(buf, '}')
}

// appendValue appends numbers and booleans as such, and everything else as text.
func appendValue(buf []byte, v slog.Value) []byte {
	switch v = v.Resolve(); v.Kind() {
	case slog.KindString:
		return appendText(buf, v.String())
	case slog.KindInt64:
		return strconv.AppendInt(buf, v.Int64(), 10)
	case slog.KindUint64:
		return strconv.AppendUint(buf, v.Uint64(), 10)
	case slog.KindBool:
		return strconv.AppendBool(buf, v.Bool())
	case slog.KindFloat64:
		if f := v.Float64(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.AppendFloat(buf, f, 'g', -1, 64)
		}
	case slog.KindGroup:
		return appendFields(buf, v.Group())
	}
	return appendText(buf, v.String())
}

// appendText appends a JSON string. What needs no escape, nearly everything, is copied.
func appendText(buf []byte, s string) []byte {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") + "…"
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			escaped, _ := json.Marshal(s) // strings always marshal
			return append(buf, escaped...)
		}
	}
	return append(append(append(buf, '"'), s...), '"')
}
