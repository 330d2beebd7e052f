package http_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// endless is a body without an end that counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestBodyTooLarge(t *testing.T) {
	t.Run("announced", func(t *testing.T) {
		request := httptest.NewRequest(http.MethodPost, signPath, unreadable{t})
		request.ContentLength = 20 << 20
		reply := httptest.NewRecorder()
		api.New(newSigner().config).ServeHTTP(reply, request)
		expect(t, reply, 413, "body_too_large")
		if reply.Header().Get("Connection") != "close" {
			t.Error("the connection stays open")
		}
	})
	t.Run("not announced", func(t *testing.T) {
		body := &endless{}
		expect(t, call(api.New(newSigner().config), "POST", signPath, body), 413, "body_too_large")
		if body.read > 10<<20+1 {
			t.Errorf("read %d bytes", body.read)
		}
	})
	t.Run("over the network", func(t *testing.T) {
		server := httptest.NewServer(api.New(newSigner().config))
		defer server.Close()
		reply, err := http.Post(server.URL+signPath, "application/json", bytes.NewReader(make([]byte, 20<<20)))
		if err != nil {
			t.Fatal(err)
		}
		defer reply.Body.Close()
		if reply.StatusCode != 413 {
			t.Errorf("status %d", reply.StatusCode)
		}
	})
}

// TestBodiesArriveWhole sends bodies of many sizes, in one piece and byte by byte, through the same buffers.
func TestBodiesArriveWhole(t *testing.T) {
	s := newSigner()
	var got []byte
	s.config.Decode = func(body []byte) (messages.Duty, error) {
		got = bytes.Clone(body)
		return messages.Duty{}, nil
	}
	handler := api.New(s.config)
	for _, size := range []int{0, 1, 4095, 4096, 4097, 65535, 65536, 65537, 200_000, 3, 70_000, 1} {
		want := bytes.Repeat([]byte{byte(size), 'x', 'y'}, size/3+1)[:size]
		for _, body := range []io.Reader{bytes.NewReader(want), oneByOne{bytes.NewReader(want)}} {
			if reply := call(handler, "POST", signPath, body); reply.Code != 200 || !bytes.Equal(got, want) {
				t.Errorf("%d bytes: %d, got %d bytes", size, reply.Code, len(got))
			}
		}
	}
}

// oneByOne yields one byte a time, and the end by itself.
type oneByOne struct{ inner io.Reader }

func (o oneByOne) Read(p []byte) (int, error) { return o.inner.Read(p[:min(1, len(p))]) }

func TestLargeBodies(t *testing.T) {
	s := newSigner()
	s.config.MaxLargeBodies = 2
	arrived, release := make(chan struct{}), make(chan struct{})
	s.config.Decode = func(body []byte) (messages.Duty, error) {
		if len(body) > 64<<10 {
			arrived <- struct{}{}
			<-release
		}
		return messages.Duty{}, nil
	}
	handler := api.New(s.config)
	large := strings.Repeat(" ", 64<<10+1)
	replies := make(chan int)
	for range 2 {
		go func() { replies <- call(handler, "POST", signPath, strings.NewReader(large)).Code }()
		<-arrived
	}
	expect(t, call(handler, "POST", signPath, strings.NewReader(large)), 503, "overloaded")
	if queues := observed[messages.QueueRefused](s); len(queues) != 1 || queues[0].Queue != "http_large_bodies" {
		t.Errorf("queues %v", queues)
	}
	if reply := call(handler, "POST", signPath, strings.NewReader(large[2:])); reply.Code != 200 {
		t.Errorf("a small body got %d", reply.Code)
	}
	close(release)
	for range 2 {
		if code := <-replies; code != 200 {
			t.Errorf("a large body got %d", code)
		}
	}
	go func() { <-arrived }()
	if reply := call(handler, "POST", signPath, strings.NewReader(large)); reply.Code != 200 {
		t.Errorf("the slots were not given back: %d", reply.Code)
	}
}

// pipe serves one connection in memory, so that its deadlines run in virtual time.
type pipe struct{ connections chan net.Conn }

func (p pipe) Accept() (net.Conn, error) {
	if connection, open := <-p.connections; open {
		return connection, nil
	}
	return nil, net.ErrClosed
}

func (p pipe) Close() error   { return nil }
func (p pipe) Addr() net.Addr { return &net.UnixAddr{} }

// exchange writes a raw request to the handler and returns the reply's status.
func exchange(t *testing.T, handler http.Handler, request string) int {
	t.Helper()
	client, server := net.Pipe()
	listener := pipe{make(chan net.Conn, 1)}
	listener.connections <- server
	close(listener.connections)
	ended := make(chan error)
	go func() { ended <- http.Serve(listener, handler) }()
	defer func() {
		client.Close()
		<-ended
	}()
	if _, err := io.WriteString(client, request); err != nil {
		t.Fatal(err)
	}
	reply, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		t.Fatal(err)
	}
	return reply.StatusCode
}

func TestBodyThatDoesNotCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSigner()
		started := time.Now()
		status := exchange(t, api.New(s.config), "POST "+signPath+" HTTP/1.1\r\nHost: signer\r\nContent-Length: 100\r\n\r\n{")
		if took := time.Since(started); status != 408 || took != 10*time.Second {
			t.Errorf("status %d after %v", status, took)
		}
		if finished := observed[messages.SigningFinished](s); len(finished) != 1 || finished[0].Status != messages.StatusExpired {
			t.Errorf("finished %v", finished)
		}
	})
}

// TestBodyDeadlineEndsWithTheBody: a request whose body came in time is not cut off while it is signed.
func TestBodyDeadlineEndsWithTheBody(t *testing.T) {
	for _, framing := range []string{"Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"} {
		synctest.Test(t, func(t *testing.T) {
			s := newSigner()
			s.config.Sign = func(ctx context.Context, _ messages.Sign) (messages.Signed, error) {
				select {
				case <-ctx.Done():
					return messages.Signed{}, ctx.Err()
				case <-time.After(20 * time.Second): // twice the deadline
					return messages.Signed{}, nil
				}
			}
			if status := exchange(t, api.New(s.config), "POST "+signPath+" HTTP/1.1\r\nHost: signer\r\n"+framing); status != 200 {
				t.Errorf("status %d", status)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestBodyThatBreaksOff(t *testing.T) {
	handler := api.New(newSigner().config)
	expect(t, call(handler, "POST", signPath, failing{io.ErrUnexpectedEOF}), 408, "request_timeout")
	message := expect(t, call(handler, "POST", signPath, failing{errors.New("invalid chunk")}), 400, "malformed_request")
	if strings.Contains(message, "chunk") {
		t.Errorf("message %q", message)
	}
}
