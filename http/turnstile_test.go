package http_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	api "containment-chamber/http"
)

// dial sends some bytes on a new connection.
func dial(t *testing.T, server *api.Server, text string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Address())
	if err == nil {
		_, err = io.WriteString(conn, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// One request to sign is read at a time, and whatever else arrives does not wait for it.
func TestTurns(t *testing.T) {
	arrived, release := make(chan string, 4), make(chan struct{})
	server := start(t, api.ServerConfig{Turns: 1, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.URL.Path
		if r.URL.Path == signPath {
			<-release // before the body is read: the turn goes on
		}
		_, _ = io.Copy(w, r.Body)
	})})
	t.Cleanup(func() { _ = server.Drain(context.Background()) }) // when the clients have left
	signed := make(chan int, 2)
	for range 2 {
		go func() {
			status, _ := send(t, request(t, "POST", "http://"+server.Address()+signPath))
			signed <- status
		}()
	}
	if got := <-arrived; got != signPath {
		t.Fatalf("got %s", got)
	}
	if status, _ := send(t, request(t, "GET", "http://"+server.Address()+"/upcheck")); status != 200 {
		t.Errorf("/upcheck: %d", status)
	}
	if got := <-arrived; got != "/upcheck" {
		t.Errorf("two requests to sign have their turn at once, the second is %s", got)
	}
	close(release)
	if one, two := <-signed, <-signed; one != 200 || two != 200 {
		t.Errorf("answered %d and %d", one, two)
	}
}

// Whoever does not go on gives its turn back: a client that is slow with its headers or its body, one that leaves, and
// a request that waits for its signature.
func TestTurnsAreGivenBack(t *testing.T) {
	signing, release := make(chan struct{}), make(chan struct{})
	server := start(t, api.ServerConfig{Turns: 1, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.URL.RawQuery == "wait" {
			close(signing)
			<-release
		}
	})})
	t.Cleanup(func() { _ = server.Drain(context.Background()) }) // when the clients have left
	for name, before := range map[string]func(){
		"slow headers": func() { dial(t, server, "POST "+signPath+" HTTP/1.1\r\nHost:") },
		"slow body":    func() { dial(t, server, "POST "+signPath+" HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{") },
		"gone":         func() { _ = dial(t, server, "POST "+signPath+" HTTP/1.1\r\n").Close() },
		"signing": func() {
			dial(t, server, "POST "+signPath+"?wait HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
			<-signing
		},
	} {
		before()
		done := make(chan int, 1)
		go func() {
			status, _ := send(t, request(t, "POST", "http://"+server.Address()+signPath))
			done <- status
		}()
		select {
		case status := <-done:
			if status != 200 {
				t.Errorf("%s: the next is answered %d", name, status)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: the next is not served", name)
		}
	}
	close(release)
}
