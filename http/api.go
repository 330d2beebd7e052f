package http

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"containment-chamber/messages"
)

// Content types of replies, as Web3Signer spells them.
const (
	typeJSON = "application/json; charset=utf-8"
	typeText = "text/plain; charset=utf-8"
)

// API is the http.Handler for all routes. Make it with [New].
type API struct {
	config Config
	mux    *http.ServeMux
	gate   gate
	bodies bodies
	keys   atomic.Pointer[keyList]
}

var _ http.Handler = (*API)(nil)

// endpoint answers the request that has the given id, or returns the error that the client is told. It writes only as its
// last act.
type endpoint func(w http.ResponseWriter, r *http.Request, id string) error

// New makes an API. It panics when a function of c is nil.
func New(c Config) *API {
	if !c.complete() {
		panic("http: a function of Config is nil")
	}
	c = c.withDefaults()
	a := &API{
		config: c,
		mux:    http.NewServeMux(),
		gate:   newGate(c),
		bodies: newBodies(c),
	}
	// The patterns name no method, so that 404 and 405 are answered here, as JSON.
	a.mux.HandleFunc("/", a.handler(nil))
	for route, m := range a.paths() {
		a.mux.HandleFunc(route, a.handler(m))
	}
	a.routeChamber()
	return a
}

// paths are the routes that every signer has.
func (a *API) paths() map[string]methods {
	return map[string]methods{
		"/api/v1/eth2/sign/{identifier}": {http.MethodPost: a.admitted(a.sign)},
		"/api/v1/eth2/sign":              {http.MethodPost: a.admitted(a.signBatch)},
		"/api/v1/eth2/publicKeys":        {http.MethodGet: a.publicKeys},
		"/reload":                        {http.MethodPost: a.reload, http.MethodGet: a.reloadStatus},
		"/upcheck":                       {http.MethodGet: a.upcheck},
		"/healthcheck":                   {http.MethodGet: a.healthcheck},
		"/openapi.yaml":                  {http.MethodGet: a.openapi},
	}
}

// ServeHTTP implements http.Handler. A path with empty elements or dots, such as a base URL that ends in a slash makes, is
// served as what it means, as in Web3Signer: not every client would follow the mux's redirect, and a body with a secret
// would stay where the redirect leaves it.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if escaped := r.URL.EscapedPath(); escaped != cleaned(escaped) {
		r = r.WithContext(r.Context()) // a copy
		query := r.URL.RawQuery
		r.URL, _ = url.ParseRequestURI(cleaned(escaped)) // what was a path is one still
		r.URL.RawQuery = query
	}
	a.mux.ServeHTTP(w, r)
}

// cleaned is the path that the mux would redirect to.
func cleaned(escaped string) string {
	clean := path.Clean("/" + escaped)
	if strings.HasSuffix(escaped, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

// Drain stops the admission of sign requests and waits until those admitted are answered, or ctx ends. Whoever asks from
// then on is also asked to close the connection. It is called once.
func (a *API) Drain(ctx context.Context) error { return a.gate.drain(ctx) }

// methods are the endpoints of one path. GET answers HEAD too.
type methods map[string]endpoint

// handler serves one path; without methods it stands for the paths that nothing else serves.
func (a *API) handler(m methods) http.HandlerFunc {
	get, found := m[http.MethodGet]
	if found {
		m[http.MethodHead] = get
	}
	allow := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	return func(w http.ResponseWriter, r *http.Request) {
		answer, found := m[r.Method]
		switch {
		case found:
		case m == nil:
			answer = refuse(errNoRoute)
		default:
			w.Header().Set("Allow", allow)
			answer = refuse(errNoMethod)
		}
		a.serve(w, r, answer)
	}
}

func refuse(err error) endpoint {
	return func(http.ResponseWriter, *http.Request, string) error { return err }
}

// serve runs an endpoint: it names the request, and writes the problem when there is one.
func (a *API) serve(w http.ResponseWriter, r *http.Request, answer endpoint) {
	id := requestID(r)
	w.Header().Set("X-Request-Id", id)
	if a.gate.draining() {
		w.Header().Set("Connection", "close")
	}
	if err := a.recovered(w, r, id, answer); err != nil {
		p := problemOf(err)
		a.config.ObserveError(p.status)
		a.config.Observe(messages.RequestRefused{Route: r.Pattern, Status: p.status, Code: p.code, RequestID: id})
		p.write(w, id, err)
	}
}

// recovered turns a panic of an endpoint into an error and an event. The event holds a text only of the runtime's own
// panics: any other may hold data of the request.
func (a *API) recovered(w http.ResponseWriter, r *http.Request, id string, answer endpoint) (err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		text := fmt.Sprintf("%T", cause)
		if failure, ok := cause.(runtime.Error); ok {
			text += ": " + failure.Error()
		}
		a.config.Observe(messages.HandlerPanicked{Route: r.Pattern, Cause: text, Stack: messages.Stack(1), RequestID: id})
		err = errPanicked
	}()
	return answer(w, r, id)
}
