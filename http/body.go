package http

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"containment-chamber/messages"
)

const (
	// firstBody is what a buffer begins with: all requests but full blocks and batches are smaller.
	firstBody = 4 << 10
	// smallBody is up to where a body grows without being counted as large.
	smallBody = 64 << 10
)

// bodies reads request bodies into buffers that are used again, within the limits of Config.
type bodies struct {
	limit   int
	timeout time.Duration
	large   chan struct{}
	observe func(messages.Event)
	small   *sync.Pool
}

func newBodies(c Config) bodies {
	return bodies{
		limit:   c.MaxBodyBytes,
		timeout: c.BodyTimeout,
		large:   make(chan struct{}, c.MaxLargeBodies),
		observe: c.Observe,
		small: &sync.Pool{New: func() any {
			buffer := make([]byte, 0, firstBody)
			return &buffer
		}},
	}
}

// read calls use with the body, which is overwritten once use has returned. Errors: those of use, errTooLarge, errTimedOut,
// ErrOverloaded when too many large bodies are held, ErrMalformed.
func (b bodies) read(w http.ResponseWriter, r *http.Request, use func([]byte) error) error {
	if r.ContentLength > int64(b.limit) {
		return b.tooLarge(w)
	}
	// Not every writer can set a deadline (a recorder cannot); net/http's can, and clears it at the body's end.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(b.timeout))

	pooled := b.small.Get().(*[]byte)
	body := (*pooled)[:0]
	isLarge := false
	defer func() {
		if isLarge {
			<-b.large
		} else {
			*pooled = body
		}
		b.small.Put(pooled)
	}()
	for {
		n, err := r.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > b.limit:
			return b.tooLarge(w)
		case err == io.EOF:
			return use(body)
		case err != nil:
			return unread(err)
		case len(body) < cap(body):
			continue
		case len(body) >= smallBody && !isLarge:
			if isLarge = b.enterLarge(); !isLarge {
				return fmt.Errorf("%w: %d large bodies are held", messages.ErrOverloaded, cap(b.large))
			}
		}
		grown := make([]byte, len(body), min(2*cap(body), b.limit+1))
		copy(grown, body)
		body = grown
	}
}

func (b bodies) enterLarge() bool {
	select {
	case b.large <- struct{}{}:
		return true
	default:
		b.observe(messages.QueueRefused{Queue: queueLargeBodies})
		return false
	}
}

// tooLarge refuses the body, and the connection with it: the rest of the body is not read.
func (b bodies) tooLarge(w http.ResponseWriter) error {
	w.Header().Set("Connection", "close")
	return fmt.Errorf("%w: the limit is %d bytes", errTooLarge, b.limit)
}

func unread(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTimedOut
	}
	return fmt.Errorf("%w: body cannot be read", messages.ErrMalformed)
}
