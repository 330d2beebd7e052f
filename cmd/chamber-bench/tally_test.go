package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSignaturesOf(t *testing.T) {
	hex := "0x" + strings.Repeat("ab", 96)
	for name, test := range map[string]struct {
		batch      int // keys of a batch; 0 is a single request
		status     int
		body       string
		signatures []string
		kinds      []kind
	}{
		"JSON":             {0, 200, `{"signature":"` + hex + `"}`, []string{hex}, nil},
		"text":             {0, 200, hex, []string{hex}, nil},
		"too short":        {0, 200, hex[:100], []string{""}, []kind{{200, "no_signature"}}},
		"nothing":          {0, 200, ``, []string{""}, []kind{{200, "no_signature"}}},
		"refused":          {0, 412, `{"error":"slashing_protection","message":"…"}`, []string{""}, []kind{{412, "slashing_protection"}}},
		"refused in text":  {0, 503, `Service Unavailable`, []string{""}, []kind{{503, ""}}},
		"batch":            {2, 200, fmt.Sprintf(`[{"signature":%q},{"signature":%q}]`, hex, hex), []string{hex, hex}, nil},
		"batch in part":    {2, 200, fmt.Sprintf(`[{"error":{"code":"unknown_key"}},{"signature":%q}]`, hex), []string{"", hex}, []kind{{200, "unknown_key"}}},
		"batch without":    {1, 200, `[{"signature":"0x"}]`, []string{""}, []kind{{200, "no_signature"}}},
		"batch too short":  {2, 200, fmt.Sprintf(`[{"signature":%q}]`, hex), []string{"", ""}, []kind{{200, "malformed_batch"}, {200, "malformed_batch"}}},
		"batch refused":    {2, 413, `{"error":"too_large"}`, []string{"", ""}, []kind{{413, "too_large"}, {413, "too_large"}}},
		"batch is no JSON": {1, 200, hex, []string{""}, []kind{{200, "malformed_batch"}}},
	} {
		signatures, kinds := signaturesOf(order{count: max(test.batch, 1), batch: test.batch > 0}, answer{test.status, []byte(test.body)})
		if !slices.Equal(signatures, test.signatures) || !slices.Equal(kinds, test.kinds) {
			t.Errorf("%s: %q, %v, want %q, %v", name, signatures, kinds, test.signatures, test.kinds)
		}
	}
}

// FuzzSignaturesOf reads anything: there is one signature or kind for each key.
func FuzzSignaturesOf(f *testing.F) {
	f.Add(200, true, []byte(`[{"signature":"0x00"},{"error":{"code":"x"}}]`))
	f.Add(200, false, []byte(`{"signature":"0x00"}`))
	f.Add(412, false, []byte(`{"error":1}`))
	f.Fuzz(func(t *testing.T, status int, batch bool, body []byte) {
		count := 1
		if batch {
			count = 2
		}
		signatures, kinds := signaturesOf(order{count: count, batch: batch}, answer{status, body})
		missing := 0
		for _, s := range signatures {
			if s == "" {
				missing++
			} else if !wellFormed(s) {
				t.Errorf("%q passes for a signature", s)
			}
		}
		if len(signatures) != count || missing != len(kinds) {
			t.Errorf("%d signatures, %d of them missing, %d kinds, of %d", len(signatures), missing, len(kinds), count)
		}
	})
}

// How long a refusal takes counts by itself, and only for what was refused as overload.
func TestRefusalsAreTimed(t *testing.T) {
	begin := time.Now()
	count := tally{window: window{begin, begin.Add(time.Minute)}, errors: map[kind]uint64{}}
	for status, took := range map[int]time.Duration{503: time.Millisecond, 412: time.Second, 404: time.Second} {
		count.take(order{count: 1}, answer{status, []byte(`{}`)}, begin, begin.Add(took))
	}
	total := tally{errors: map[kind]uint64{}}
	total.add(&count)
	if total.refused.total != 1 || total.refused.longest != time.Millisecond || total.latency.total != 0 {
		t.Errorf("%d refused, at most %v; %d answered", total.refused.total, total.refused.longest, total.latency.total)
	}
}
