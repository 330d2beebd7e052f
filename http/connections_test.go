package http_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// TestSurplusConnections: a connection too many is answered 503 and closed, is served where nothing has to be admitted,
// and takes the place of one that went.
func TestSurplusConnections(t *testing.T) {
	s := newSigner()
	server := start(t, api.ServerConfig{Handler: api.New(s.config), MaxConnections: 2})
	defer func() { _ = server.Drain(context.WithoutCancel(t.Context())) }()
	url := "http://" + server.Address()

	first, second, third := new(http.Transport), new(http.Transport), new(http.Transport)
	for _, kept := range []*http.Transport{first, second} {
		defer kept.CloseIdleConnections()
		if reply := askBy(t, kept, "GET", url+"/upcheck"); reply.StatusCode != http.StatusOK || reply.Close {
			t.Fatalf("a connection within the limit: %v", reply)
		}
	}
	sign := url + signPath
	if reply := askBy(t, third, "GET", url+"/upcheck"); reply.StatusCode != http.StatusOK || !reply.Close {
		t.Errorf("/upcheck by a connection too many: %v", reply)
	}
	if reply := askBy(t, third, "POST", sign); reply.StatusCode != http.StatusServiceUnavailable || !reply.Close || reply.Header.Get("Retry-After") == "" {
		t.Errorf("a signature by a connection too many: %v", reply)
	}
	if refused := observed[messages.QueueRefused](s); len(refused) != 1 || refused[0].Queue != "http_connections" {
		t.Errorf("observed %v", refused)
	}
	if reply := askBy(t, first, "POST", sign); reply.StatusCode != http.StatusOK {
		t.Errorf("a signature by a connection within the limit: %v", reply)
	}

	second.CloseIdleConnections()
	for end := time.Now().Add(time.Minute); ; {
		reply := askBy(t, third, "POST", sign)
		if reply.StatusCode == http.StatusOK && !reply.Close {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the place of a connection that went is not free: %v", reply)
		}
	}
	third.CloseIdleConnections()
}

// askBy sends a request by a transport's connection and returns the reply, read to its end.
func askBy(t *testing.T, by *http.Transport, method, url string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(`{"type":"ATTESTATION"}`))
	if err != nil {
		t.Fatal(err)
	}
	reply, err := by.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if _, err := io.ReadAll(reply.Body); err != nil {
		t.Fatal(err)
	}
	return reply
}
