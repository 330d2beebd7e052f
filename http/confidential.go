package http

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	// replyTimeout is how long a client may take to read a reply.
	replyTimeout = 10 * time.Second
	// lingering is how long a client may take to notice that it was answered, before the connection is cut.
	lingering = 500 * time.Millisecond
)

// confidential serves requests and replies that hold secrets. It takes the connection away from net/http, whose buffers
// go from hand to hand and are never wiped: it overwrites the one that was read into, sends the reply past the ones that
// are written through, and closes the connection. The handler writes its reply at once.
func confidential(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p := &pastBuffers{ResponseWriter: w, method: r.Method, status: http.StatusOK}
		next(p, r)
		if !p.sent {
			_, _ = p.Write(nil) // a client that left needs no answer
		}
	}
}

// pastBuffers is a ResponseWriter that ends the connection with the first Write.
type pastBuffers struct {
	http.ResponseWriter
	method string
	status int
	sent   bool
}

// Unwrap serves http.ResponseController.
func (p *pastBuffers) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (p *pastBuffers) WriteHeader(status int) { p.status = status }

// Write implements http.ResponseWriter. It may be called once.
func (p *pastBuffers) Write(body []byte) (int, error) {
	if p.sent {
		return 0, http.ErrHijacked
	}
	p.sent = true
	p.Header().Set("Connection", "close")
	p.Header().Set("Content-Length", strconv.Itoa(len(body)))
	p.Header().Set("Cache-Control", "no-store")
	conn, buffers, err := http.NewResponseController(p.ResponseWriter).Hijack()
	if errors.Is(err, http.ErrNotSupported) { // a recorder, which has no buffers; or HTTP/2, which this server does not speak
		p.ResponseWriter.WriteHeader(p.status)
		return p.ResponseWriter.Write(body)
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = conn.Close() }() // what was written was written
	overwrite(buffers.Reader)
	if p.method == http.MethodHead {
		body = nil
	}
	_ = conn.SetDeadline(time.Now().Add(replyTimeout)) // a connection that is broken shows at the next line
	n, err := (&net.Buffers{p.head(), body}).WriteTo(conn)
	if err == nil {
		linger(conn)
	}
	return int(n), err
}

// head is what comes before the body.
func (p *pastBuffers) head() []byte {
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %03d %s\r\n", p.status, http.StatusText(p.status))
	p.Header().Set("Date", time.Now().UTC().Format(http.TimeFormat))
	_ = p.Header().Write(&head) // a bytes.Buffer takes everything
	head.WriteString("\r\n")
	return head.Bytes()
}

// overwrite fills a reader's buffer with zeros. What was in it and not read yet is lost.
func overwrite(r *bufio.Reader) {
	r.Reset(zeros{})
	_, _ = r.Peek(r.Size()) // zeros do not end
}

// zeros is a reader of them.
type zeros struct{}

// Read implements io.Reader.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// linger reads until the client closes its side too. To close while something is unread would have the kernel reset the
// connection, and the client might never see the reply.
func linger(conn net.Conn) {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // if it is closed already, so much the better
	}
	_ = conn.SetReadDeadline(time.Now().Add(lingering))
	rest := make([]byte, 512)
	defer clear(rest)
	for {
		if _, err := conn.Read(rest); err != nil {
			return
		}
	}
}
