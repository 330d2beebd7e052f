package http_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// held makes Sign wait: each request that reaches it sends to arrived, and is answered when release is closed.
func (s *signer) held() (arrived <-chan struct{}, release chan struct{}) {
	in, release := make(chan struct{}, 16), make(chan struct{})
	s.config.Sign = func(context.Context, messages.Sign) (messages.Signed, error) {
		in <- struct{}{}
		<-release
		return messages.Signed{}, nil
	}
	return in, release
}

// calling starts a sign request and returns its reply to be.
func calling(handler *api.API) <-chan *httptest.ResponseRecorder {
	reply := make(chan *httptest.ResponseRecorder, 1)
	go func() { reply <- call(handler, "POST", signPath, strings.NewReader("{}")) }()
	return reply
}

// unreadable fails the test when a body is read.
type unreadable struct{ t *testing.T }

func (u unreadable) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, errors.New("read")
}

func TestConcurrencyLimit(t *testing.T) {
	s := newSigner()
	s.config.MaxConcurrent = 2
	arrived, release := s.held()
	handler := api.New(s.config)
	first, second := calling(handler), calling(handler)
	<-arrived
	<-arrived

	refused := call(handler, "POST", signPath, unreadable{t})
	expect(t, refused, 503, "overloaded")
	if refused.Header().Get("Retry-After") != "1" {
		t.Errorf("Retry-After %q", refused.Header().Get("Retry-After"))
	}
	expect(t, call(handler, "POST", batchPath, unreadable{t}), 503, "overloaded")
	queues := observed[messages.QueueRefused](s)
	if len(queues) != 2 || queues[0].Queue != "http" {
		t.Errorf("queues %v", queues)
	}
	finished := observed[messages.SigningFinished](s)
	if len(finished) != 2 || finished[0].Status != messages.StatusOverloaded || finished[0].Key.String() != keyHex {
		t.Errorf("finished %v", finished)
	}
	for _, path := range []string{"/upcheck", "/healthcheck", keysPath} {
		if reply := call(handler, "GET", path, nil); reply.Code != 200 {
			t.Errorf("%s is refused: %d", path, reply.Code)
		}
	}

	close(release)
	for _, reply := range []*httptest.ResponseRecorder{<-first, <-second, call(handler, "POST", signPath, strings.NewReader("{}"))} {
		if reply.Code != 200 {
			t.Errorf("admitted, but %d", reply.Code)
		}
	}
}

func TestPanicGivesItsSlotBack(t *testing.T) {
	s := newSigner()
	s.config.MaxConcurrent = 1
	s.config.Sign = func(context.Context, messages.Sign) (messages.Signed, error) { panic("bug") }
	handler := api.New(s.config)
	for range 3 {
		expect(t, call(handler, "POST", signPath, strings.NewReader("{}")), 500, "internal")
	}
}

func TestDrain(t *testing.T) {
	s := newSigner()
	s.config.MaxConcurrent = 2
	arrived, release := s.held()
	handler := api.New(s.config)
	accepted := calling(handler)
	<-arrived

	// A drain that has already run out of time closes the gate and says who is left.
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if err := handler.Drain(impatient); !errors.Is(err, context.Canceled) {
		t.Errorf("drain: %v", err)
	}
	refused := call(handler, "POST", signPath, unreadable{t})
	expect(t, refused, 503, "draining")
	if refused.Header().Get("Retry-After") == "" || refused.Header().Get("Connection") != "close" {
		t.Errorf("headers %v", refused.Header())
	}
	if queues := observed[messages.QueueRefused](s); len(queues) != 0 {
		t.Errorf("a drain is no full queue: %v", queues)
	}
	if reply := call(handler, "GET", "/upcheck", nil); reply.Code != 200 {
		t.Errorf("upcheck %d", reply.Code)
	}
	close(release)
	if reply := <-accepted; reply.Code != 200 {
		t.Errorf("an accepted request was answered %d", reply.Code)
	}
}

func TestDrainOfAnIdleSigner(t *testing.T) {
	handler := api.New(newSigner().config)
	if err := handler.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	expect(t, call(handler, "POST", signPath, unreadable{t}), 503, "draining")
}

// Where no signature can be admitted, nothing of the request is read, and its place at the gate is free again.
func TestFullSignerReadsNothing(t *testing.T) {
	s := newSigner()
	s.config.MaxConcurrent = 1
	full := true
	s.config.Full = func() bool { return full }
	handler := api.New(s.config)
	for _, path := range []string{signPath, batchPath} {
		refused := call(handler, "POST", path, unreadable{t})
		expect(t, refused, 503, "overloaded")
		if refused.Header().Get("Retry-After") != "1" {
			t.Errorf("Retry-After %q", refused.Header().Get("Retry-After"))
		}
	}
	if queues := observed[messages.QueueRefused](s); len(queues) != 2 || queues[0].Queue != "signing" {
		t.Errorf("queues %v", queues)
	}
	if finished := observed[messages.SigningFinished](s); len(finished) != 2 || finished[0].Status != messages.StatusOverloaded {
		t.Errorf("finished %v", finished)
	}
	full = false
	if reply := call(handler, "POST", signPath, strings.NewReader("{}")); reply.Code != 200 {
		t.Errorf("there is room, but %d", reply.Code)
	}
}
