package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"containment-chamber/messages"
)

// TestConnection sends requests by hand to a server of net/http, which reads them as they are meant.
func TestConnection(t *testing.T) {
	key := messages.PublicKey{0xab}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Accept") != "application/json" || r.Method != http.MethodPost {
			t.Errorf("%s, accepts %q, %v", r.Method, r.Header.Get("Accept"), err)
		}
		switch string(body) {
		case "long": // larger than any buffer, so that net/http sends it in chunks
			_, _ = w.Write(bytes.Repeat([]byte("x"), 100_000))
		case "close":
			w.Header().Set("Connection", "close")
		case "abort":
			panic(http.ErrAbortHandler)
		default:
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, r.URL.Path)
		}
	}))
	defer server.Close()
	c := &connection{address: server.Listener.Addr().String(), keys: []messages.PublicKey{{}, key}}
	defer c.close()
	for _, test := range []struct {
		order  order
		status int
		body   string
	}{
		{order{first: 1, body: []byte("single")}, http.StatusTeapot, "/api/v1/eth2/sign/" + key.String()},
		{order{batch: true, body: []byte("batch")}, http.StatusTeapot, "/api/v1/eth2/sign"},
		{order{body: []byte("long")}, http.StatusOK, strings.Repeat("x", 100_000)},
		{order{body: []byte("close")}, http.StatusOK, ""},
		{order{batch: true, body: []byte("again")}, http.StatusTeapot, "/api/v1/eth2/sign"},
	} {
		a, err := c.ask(test.order)
		if err != nil || a.status != test.status || string(a.body) != test.body {
			t.Errorf("%s: %d, %d bytes, %v", test.order.body, a.status, len(a.body), err)
		}
	}
	if _, err := c.ask(order{body: []byte("abort")}); err == nil || transportKind(err) != "closed" {
		t.Errorf("a connection that was cut off is %v", err)
	}
	if a, err := c.ask(order{batch: true}); err != nil || a.status != http.StatusTeapot {
		t.Errorf("no new connection after a failure: %v", err)
	}
}

func TestTransportKind(t *testing.T) {
	c := &connection{address: "127.0.0.1:1"}
	_, err := c.ask(order{batch: true})
	if got := transportKind(err); got != "dial" {
		t.Errorf("nobody listens: %q, %v", got, err)
	}
	if got := transportKind(errors.New("x")); got != "malformed_reply" {
		t.Errorf("another failure: %q", got)
	}
}
