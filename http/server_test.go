package http_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

func start(t *testing.T, config api.ServerConfig) *api.Server {
	t.Helper()
	config.Address = "127.0.0.1:0"
	server, err := api.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// send returns the status and body of the reply, on a connection of its own.
func send(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer reply.Body.Close()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		t.Error(err)
	}
	return reply.StatusCode, string(body)
}

func request(t *testing.T, method, url string) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	return request
}

// TestServerDrains: what was accepted is answered, nothing new is, and /upcheck answers until the end.
func TestServerDrains(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := newSigner()
	arrived, release := s.held()
	handler := api.New(s.config)
	draining := make(chan struct{})
	server := start(t, api.ServerConfig{Handler: handler, Drain: func(ctx context.Context) error {
		close(draining)
		return handler.Drain(ctx)
	}})
	url := "http://" + server.Address()
	accepted := make(chan int, 1)
	go func() {
		status, _ := send(t, request(t, http.MethodPost, url+signPath))
		accepted <- status
	}()
	<-arrived
	drained := make(chan error, 1)
	go func() { drained <- server.Drain(t.Context()) }()
	<-draining

	// The gate closes just after draining is closed; what slips in before is held as the first one is, so look at the
	// health until it shows.
	for {
		if status, _ := send(t, request(t, http.MethodGet, url+"/healthcheck")); status == 503 {
			break
		}
	}
	if status, body := send(t, request(t, http.MethodPost, url+signPath)); status != 503 || !strings.Contains(body, "draining") {
		t.Errorf("new request: %d %s", status, body)
	}
	if status, body := send(t, request(t, http.MethodGet, url+"/upcheck")); status != 200 || body != "OK" {
		t.Errorf("upcheck: %d %s", status, body)
	}
	close(release)
	if status := <-accepted; status != 200 {
		t.Errorf("accepted request: %d", status)
	}
	if err := <-drained; err != nil {
		t.Errorf("drain: %v", err)
	}
	if err := <-server.Ended(); err != nil {
		t.Errorf("ended: %v", err)
	}
	if _, err := http.DefaultClient.Do(request(t, http.MethodGet, url+"/upcheck")); err == nil {
		t.Error("the listener is open")
	}
}

// TestServerDrainRunsOutOfTime: the connections are closed under those who are still waiting.
func TestServerDrainRunsOutOfTime(t *testing.T) {
	s := newSigner()
	arrived := make(chan struct{})
	s.config.Sign = func(ctx context.Context, _ messages.Sign) (messages.Signed, error) {
		close(arrived)
		<-ctx.Done()
		return messages.Signed{}, ctx.Err()
	}
	handler := api.New(s.config)
	server := start(t, api.ServerConfig{Handler: handler, Drain: handler.Drain})
	cut := make(chan error, 1)
	go func() {
		reply, err := http.DefaultClient.Do(request(t, http.MethodPost, "http://"+server.Address()+signPath))
		if err == nil {
			reply.Body.Close()
		}
		cut <- err
	}()
	<-arrived
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := server.Drain(ctx); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "unanswered") {
		t.Errorf("drain: %v", err)
	}
	if err := <-cut; err == nil {
		t.Error("the request was answered")
	}
}

func TestPortInUse(t *testing.T) {
	server := start(t, api.ServerConfig{Handler: http.NotFoundHandler()})
	defer func() {
		if err := server.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	_, err := api.Start(api.ServerConfig{Address: server.Address(), Handler: http.NotFoundHandler()})
	if err == nil || !strings.Contains(err.Error(), server.Address()) {
		t.Errorf("got %v", err)
	}
}
