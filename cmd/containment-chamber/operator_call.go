package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"containment-chamber/messages"
)

const (
	// dialPatience bounds a connection: a signer that is there accepts at once.
	dialPatience = 5 * time.Second
	// askPatience bounds an answer for which nothing has to be done.
	askPatience = 15 * time.Second
	// maxReply bounds an answer, in bytes. One with 255 operators and their tokens has 40 KiB.
	maxReply = 1 << 20
)

// caller calls signers.
type caller struct {
	client http.Client
	// patience bounds a ceremony.
	patience time.Duration
}

// newCaller trusts the authorities of the system, or these instead.
func newCaller(patience time.Duration, authorities *x509.CertPool) *caller {
	return &caller{patience: patience, client: http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: dialPatience}).DialContext,
			TLSHandshakeTimeout: dialPatience,
			TLSClientConfig:     &tls.Config{RootCAs: authorities, MinVersion: tls.VersionTLS12},
			ForceAttemptHTTP2:   true,
		},
		// Whoever answers with another address does not get the secrets a second time.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// call is a request to one signer.
type call struct {
	method, path string          // below /api/v1/chamber
	token        messages.Secret // empty: none
	body         []byte          // nil: none
}

// unreachable says that nobody has answered.
type unreachable struct{ error }

// Unwrap returns the cause.
func (u *unreachable) Unwrap() error { return u.error }

// refused is the answer of a signer that did not do it.
type refused struct {
	Status    int    `json:"status"`
	Code      string `json:"error"`
	Message   string `json:"message"`
	RequestID string `json:"request_id,omitempty"`
	// Chamber is how the chamber stands, if that is why.
	Chamber *chamberStatus `json:"chamber,omitempty"`
}

// Error implements error.
func (r *refused) Error() string {
	if r.RequestID == "" {
		return r.Message
	}
	return fmt.Sprintf("%s (request %s)", r.Message, r.RequestID)
}

// do returns what the signer at base answers, which is JSON; the caller wipes it. Errors: [unreachable], [refused].
//
// The token goes into a header, which net/http wants as a string: that copy, like those in the buffers of connections,
// lasts as long as the process, which ends next and leaves no core dump.
func (c *caller) do(ctx context.Context, base string, what call) ([]byte, error) {
	patience := c.patience
	if what.method == http.MethodGet {
		patience = min(patience, askPatience)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, fmt.Errorf("none within %v", patience))
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { sent.Store(true) }})
	request, err := what.request(ctx, base)
	if err != nil {
		return nil, err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return nil, what.unanswered(ctx, err, sent.Load())
	}
	defer response.Body.Close()
	room := bytes.NewBuffer(make([]byte, 0, maxReply+bytes.MinRead)) // at once, so that no copy of a token is left behind
	n, err := room.ReadFrom(io.LimitReader(response.Body, maxReply))
	text := room.Bytes()
	switch {
	case err != nil:
		err = what.unanswered(ctx, err, true)
	case response.StatusCode/100 != 2:
		err = what.refusal(response, text)
	case n == maxReply:
		err = fmt.Errorf("it answers with %d bytes or more, as no signer does", maxReply)
	default:
		return text, nil
	}
	clear(text)
	return nil, err
}

func (what call) request(ctx context.Context, base string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, what.method, base+"/api/v1/chamber"+what.path, bytes.NewReader(what.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	if what.body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	what.token.Use(func(token []byte) {
		if len(token) > 0 {
			request.Header.Set("Authorization", "Bearer "+string(token))
		}
	})
	return request, nil
}

// unanswered says why there is no answer, and whether the request may have been carried out all the same.
func (what call) unanswered(ctx context.Context, err error, sent bool) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err // without the method and the URL, which the reader knows
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, context.Canceled):
		err = errors.New("interrupted")
	case cause != nil:
		err = cause
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("it has closed the connection")
	}
	switch {
	case errors.As(err, new(*tls.CertificateVerificationError)):
		err = fmt.Errorf("nothing was sent, since its certificate is not to be trusted (%w): give its authority's with --ca-file, or the name that it is for", err)
	case errors.Is(err, http.ErrSchemeMismatch):
		err = errors.New("nothing was sent, since it does not speak TLS: https leads to what does, such as a proxy before the signer")
	case !sent:
		err = fmt.Errorf("nobody answers (%w): is the signer running, and is this the address of its API?", err)
	case what.method == http.MethodGet:
		err = fmt.Errorf("no answer: %w", err)
	default:
		err = fmt.Errorf("no answer: %w; it may be done all the same: look at 'operator status'", err)
	}
	return &unreachable{err}
}

// refusal reads the answer to something that was not done.
func (what call) refusal(response *http.Response, text []byte) error {
	r := &refused{}
	if err := json.Unmarshal(text, r); err != nil || r.Code == "" {
		switch response.StatusCode {
		case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout: // a proxy says so
			return what.unanswered(context.Background(), fmt.Errorf("a proxy says %s", response.Status), true)
		}
		r = &refused{Code: "unexpected", Message: fmt.Sprintf("it answers %s, as no signer does: is this the URL of its API?", response.Status)}
	}
	r.Status, r.Message, r.RequestID = response.StatusCode, printable(r.Message), printable(r.RequestID)
	return r
}
