package http_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// discard is a ResponseWriter that keeps nothing, so that the API alone is measured.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

// quiet is an API on fakes that cost nothing.
func quiet(s *signer) *api.API {
	s.config.Decode = func([]byte) (messages.Duty, error) { return messages.Duty{}, nil }
	s.config.Observe = func(messages.Event) {}
	return api.New(s.config)
}

// signOnce returns a function that runs one sign request through the handler; headers are names and values in turn.
func signOnce(handler http.Handler, headers ...string) func() {
	const size = 700 // of an attestation
	text := strings.Repeat(" ", size)
	body := strings.NewReader(text)
	request := httptest.NewRequest(http.MethodPost, signPath, body)
	request.Header.Set("Accept", "application/json")
	for pair := range slices.Chunk(headers, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	writer := &discard{http.Header{}}
	return func() {
		body.Reset(text)
		clear(writer.header)
		handler.ServeHTTP(writer, request)
	}
}

func BenchmarkSign(b *testing.B) {
	handler := quiet(newSigner())
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		once := signOnce(handler)
		for pb.Next() {
			once()
		}
	})
}

func BenchmarkPublicKeys(b *testing.B) {
	s := newSigner()
	keys := ringOf(10_000)
	s.config.PublicKeys = func(context.Context) (messages.KeyRing, error) { return keys, nil }
	handler := quiet(s)
	request := httptest.NewRequest(http.MethodGet, keysPath, nil)
	writer := &discard{http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		handler.ServeHTTP(writer, request)
	}
}

// TestSignAllocations keeps the handler's own cost from growing unseen.
func TestSignAllocations(t *testing.T) {
	const ceiling = 30
	if got := testing.AllocsPerRun(200, signOnce(quiet(newSigner()))); got > ceiling {
		t.Errorf("%.0f allocations for each request, want at most %d", got, ceiling)
	}
}
