package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"
)

func TestNewTarget(t *testing.T) {
	for url, address := range map[string]string{
		"http://127.0.0.1:9000":  "127.0.0.1:9000",
		"http://localhost:9000/": "localhost:9000",
		"http://[::1]:9000":      "[::1]:9000",
		"http://127.1.2.3":       "127.1.2.3:80",
		"http://10.0.0.1:9000":   "",
		"http://signer:9000":     "",
		"https://127.0.0.1:9000": "",
		"http://127.0.0.1:9/x":   "",
		"127.0.0.1:9000":         "",
		"":                       "",
	} {
		got, err := newTarget(url, 0, "")
		if got.address != address || errors.Is(err, errUsage) != (address == "") {
			t.Errorf("%q: %q, %v, want %q", url, got.address, err, address)
		}
	}
}

// TestAwaitKeysWaits lists no key at first, as a signer does that is still loading.
func TestAwaitKeysWaits(t *testing.T) {
	keys, err := benchKeys(1)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			_, _ = w.Write([]byte(`[]`))
			return
		}
		_, _ = w.Write([]byte(`["` + keys[0].String() + `"]`))
	}))
	defer server.Close()
	if err := (target{url: server.URL, loading: true}).awaitKeys(t.Context(), keys); err != nil || asked != 2 {
		t.Errorf("%v after %d questions", err, asked)
	}
}

func TestReading(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(commitMetric + "} 7\n"))
	}))
	defer server.Close()
	for _, last := range []bool{false, true} {
		r, err := target{pid: os.Getpid(), metrics: server.URL}.read(last)
		if err != nil || !r.counted || r.commits != 7 || r.resident == 0 || r.clientCPU == 0 || time.Since(r.at) > time.Minute {
			t.Errorf("%+v, %v", r, err)
		}
	}
	if r, err := (target{}).read(false); err != nil || r.counted || r.resident != 0 {
		t.Errorf("of a signer of which nothing is known: %+v, %v", r, err)
	}
}
