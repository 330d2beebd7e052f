package telemetry_test

import (
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"containment-chamber/telemetry"
)

const (
	app      = "containment_chamber"
	appHTTP  = "containment_chamber::http"
	appHTTP2 = "containment_chamber::http2"
	audit    = "audit"
)

func TestParseFilter(t *testing.T) {
	const off = slog.Level(100)
	for text, want := range map[string]map[string]slog.Level{
		"":                                    {app: slog.LevelInfo, audit: slog.LevelInfo, "other": slog.LevelInfo},
		" , ":                                 {app: slog.LevelInfo},
		"info":                                {app: slog.LevelInfo, appHTTP: slog.LevelInfo, audit: slog.LevelInfo},
		"debug":                               {app: slog.LevelDebug, audit: slog.LevelDebug},
		"trace":                               {app: slog.LevelDebug - 4},
		" WARN ":                              {app: slog.LevelWarn},
		"warning":                             {app: slog.LevelWarn},
		"error":                               {app: slog.LevelError},
		"off":                                 {app: off, audit: off},
		"debug,error":                         {app: slog.LevelError},
		"off,audit=info":                      {app: off, appHTTP: off, audit: slog.LevelInfo},
		"audit=info , off":                    {app: off, audit: slog.LevelInfo},
		"audit=off":                           {app: slog.LevelInfo, audit: off},
		"containment_chamber=debug,http=info": {app: slog.LevelDebug, appHTTP: slog.LevelInfo, appHTTP2: slog.LevelDebug, audit: slog.LevelInfo},
		"http=info,containment_chamber=debug": {app: slog.LevelDebug, appHTTP: slog.LevelInfo, appHTTP + "::body": slog.LevelInfo},
		"http=warn,containment_chamber::http=debug": {appHTTP: slog.LevelDebug},
		"containment_chamber::http=debug,http=warn": {appHTTP: slog.LevelWarn},
		"http::body = debug":                        {appHTTP: slog.LevelInfo, appHTTP + "::body": slog.LevelDebug},
	} {
		filter, err := telemetry.ParseFilter(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		for target, level := range want {
			if level == off {
				if filter.Enabled(target, slog.LevelError+100) {
					t.Errorf("%q: %s is not off", text, target)
				}
			} else if !filter.Enabled(target, level) || filter.Enabled(target, level-1) {
				t.Errorf("%q: the least level of %s is not %s", text, target, level)
			}
		}
	}
}

func TestParseFilterRefuses(t *testing.T) {
	for text, naming := range map[string]string{
		"inof":             `"inof"`,
		"3":                "unknown level",
		"info,http":        `"http"`,
		"http=":            "unknown level",
		"http=loud":        `"loud"`,
		"=info":            "bad target",
		"a:b=info":         "bad target",
		"a::=info":         "bad target",
		"[span{f=v}]=info": "unknown level",
		"http=info=debug":  "unknown level",
		"h\x00=info":       "bad target",
	} {
		if _, err := telemetry.ParseFilter(text); err == nil || !strings.Contains(err.Error(), naming) {
			t.Errorf("%q: got error %v, want one that says %s", text, err, naming)
		}
	}
}

// TestFilterAgainstModel compares with the rule said in another way: walk up from the target, and take the last
// directive that names the place where one is found first.
func TestFilterAgainstModel(t *testing.T) {
	levels := map[string]slog.Level{"error": slog.LevelError, "warn": slog.LevelWarn, "info": slog.LevelInfo, "debug": slog.LevelDebug}
	name := rapid.SampledFrom([]string{app, audit, app + "::a", app + "::a::b", app + "::ab", audit + "::a"})
	rapid.Check(t, func(rt *rapid.T) {
		said := map[string]string{"": "info"}
		var parts []string
		for range rapid.IntRange(0, 6).Draw(rt, "directives") {
			target, level := name.Draw(rt, "target"), rapid.SampledFrom([]string{"error", "warn", "info", "debug"}).Draw(rt, "level")
			switch {
			case rapid.Bool().Draw(rt, "for all"):
				said[""], parts = level, append(parts, level)
			case rapid.Bool().Draw(rt, "short"):
				said[target], parts = level, append(parts, strings.TrimPrefix(target, app+"::")+"="+level)
			default:
				said[target], parts = level, append(parts, target+"="+level)
			}
		}
		filter, err := telemetry.ParseFilter(strings.Join(parts, ","))
		if err != nil {
			rt.Fatal(err)
		}
		target := name.Draw(rt, "line")
		place := target
		for said[place] == "" {
			place = place[:max(0, strings.LastIndex(place, "::"))]
		}
		for _, level := range levels {
			if got, want := filter.Enabled(target, level), level >= levels[said[place]]; got != want {
				rt.Fatalf("%q: %s at %s is %t, want %t", strings.Join(parts, ","), target, level, got, want)
			}
		}
	})
}

func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{"", "info", "off,audit=info", "containment_chamber=debug,http=info", "a::b=trace, ,warn", "=", "::=off", "é=info"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := telemetry.ParseFilter(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "log filter ") {
				t.Errorf("the error does not say what it is about: %v", err)
			}
			return
		}
		for _, target := range []string{app, appHTTP, audit} {
			if filter.Enabled(target, slog.LevelInfo) && !filter.Enabled(target, slog.LevelError) {
				t.Errorf("%q writes info but not errors of %s", text, target)
			}
		}
		again, err := telemetry.ParseFilter(text + ",off,audit=error")
		if err != nil || again.Enabled("elsewhere", slog.LevelError) || !again.Enabled(audit, slog.LevelError) {
			t.Errorf("%q: what comes last does not decide: %v", text, err)
		}
	})
}
