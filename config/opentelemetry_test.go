package config_test

import "testing"

func TestOpentelemetryEndpoint(t *testing.T) {
	for given, want := range map[string]string{
		"http://collector":          "http://collector:4317",
		"https://collector:443":     "https://collector:443",
		"HTTP://collector:1/":       "http://collector:1",
		"http://[::1]":              "http://[::1]:4317",
		"http://[::1]:9":            "http://[::1]:9",
		"":                          "http://localhost:4317", // a variable that is empty is not set
		"collector:4317":            "",
		"grpc://collector:4317":     "",
		"http://":                   "",
		"http://:4317":              "",
		"http://collector:0":        "",
		"http://collector:65536":    "",
		"http://collector/v1":       "",
		"http://me:pw@collector":    "",
		"http://collector?a":        "",
		"http://collector#a":        "",
		"http://collector/%2f":      "",
		"http://collector:4317 ":    "",
		"http://col lector:4317":    "",
		"http://collector:4317\x00": "",
	} {
		c, err := sources{env: []string{"CONTAINMENT_OPENTELEMETRY__ENDPOINT=" + given}}.load(t)
		if want == "" {
			if err == nil {
				t.Errorf("%q is taken as %q", given, c.Opentelemetry.Endpoint)
			}
			continue
		}
		if err != nil || c.Opentelemetry.Endpoint != want {
			t.Errorf("%q: %v, want %q", given, err, want)
		}
	}
}

func TestOpentelemetrySampleRatio(t *testing.T) {
	for given, want := range map[string]float64{"0": 0, "1": 1, "1.0": 1, "5e-2": 0.05, "-0.1": -1, "1.1": -1, "NaN": -1, "half": -1, "0,5": -1} {
		c, err := sources{env: []string{"CONTAINMENT_OPENTELEMETRY__SAMPLE_RATIO=" + given}}.load(t)
		if (err == nil) != (want >= 0) {
			t.Errorf("%q: %v", given, err)
		}
		if err == nil && c.Opentelemetry.SampleRatio != want {
			t.Errorf("%q: %v, want %v", given, c.Opentelemetry.SampleRatio, want)
		}
	}
}
