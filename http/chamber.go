package http

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"containment-chamber/messages"
)

// Chamber is what the routes of the chamber are made of. All functions are required.
type Chamber struct {
	// Perform holds a ceremony. It owns the secrets that it is given, and the caller those that it answers.
	Perform func(context.Context, messages.PerformCeremony) (messages.CeremonyOutcome, error)
	// Status says how the chamber stands.
	Status func(context.Context, messages.GetSealStatus) (messages.SealStatus, error)
	// Guard says whether a ceremony is under way, and whether the guard is stuck.
	Guard func(context.Context, messages.GetGuardWatch) (messages.GuardWatch, error)
	// Challenge is what a YubiKey has to answer.
	Challenge func(context.Context, messages.GetChallenge) (messages.Challenge, error)
	// CheckToken checks the management token.
	CheckToken func(context.Context, messages.CheckManagementToken) (messages.Manager, error)
	// Keys counts the loaded keys by source.
	Keys func(context.Context) (map[string]int, error)
	// Version is the program's.
	Version string
	// Warnings are what the configuration permits and an operator should know.
	Warnings []string

	// Allowed are the addresses that may take part in ceremonies; none means all.
	Allowed Networks
	// Timeout bounds a ceremony; default 200 s. It should be above the time after which a stuck ceremony is broken off:
	// the tokens that a ceremony makes are lost when nobody waits for them.
	Timeout time.Duration
	// MaxConcurrent bounds the requests in flight for ceremonies that anybody may ask for, and likewise those that show the
	// management token; default 16. Each holds 64 KiB.
	MaxConcurrent int
}

func (c *Chamber) complete() bool {
	return c.Perform != nil && c.Status != nil && c.Guard != nil && c.Challenge != nil && c.CheckToken != nil && c.Keys != nil
}

const (
	// maxCeremonyBody is plenty for 255 operators and 32 keys.
	maxCeremonyBody = 64 << 10
	// ceremonyBodyTimeout is short, since whoever sends slowly keeps a slot from others.
	ceremonyBodyTimeout = 5 * time.Second
)

// chamber serves the routes of the chamber.
type chamber struct {
	config         Chamber
	layer          layer
	gate           gate // to ceremonies that anybody may ask for
	managers       gate // to those that the management token opens
	requestTimeout time.Duration
	bodyTimeout    time.Duration
	begin          func(*http.Request, string) *tracedCeremony
}

// routeChamber adds the routes. Whatever is sent below their common path may hold a secret, also to a path that is
// spelt wrongly or when there is no chamber.
func (a *API) routeChamber() {
	rest := a.handler(nil)
	if a.config.Chamber == nil {
		rest = func(w http.ResponseWriter, r *http.Request) { a.serve(w, r, refuse(errNoChamber)) }
	} else {
		for path, m := range a.chamber().paths() {
			a.mux.HandleFunc(path, confidential(a.handler(m)))
		}
	}
	a.mux.HandleFunc(chamberPath, confidential(rest))
	a.mux.HandleFunc(chamberPath+"/", confidential(rest))
}

func (a *API) chamber() *chamber {
	c := *a.config.Chamber
	c.Timeout, c.MaxConcurrent = cmp.Or(c.Timeout, 200*time.Second), cmp.Or(c.MaxConcurrent, 16)
	return &chamber{
		config:         c,
		layer:          layer{"ceremony", "chamber.ceremony.allowed_cidrs", c.Allowed, a.config.TrustedProxies, a.config.Observe},
		gate:           a.gate.beside(queueCeremonies, c.MaxConcurrent),
		managers:       a.gate.beside(queueCeremonies, c.MaxConcurrent),
		requestTimeout: a.config.RequestTimeout,
		bodyTimeout:    min(a.config.BodyTimeout, ceremonyBodyTimeout),
		begin:          a.beginCeremony,
	}
}

const chamberPath = "/api/v1/chamber"

func (c *chamber) paths() map[string]methods {
	post := func(read reading, reply replying) methods {
		return methods{http.MethodPost: c.ceremony(c.gate, read, reply)}
	}
	managed := func(s scope, read func(principal) reading, reply replying) methods {
		return methods{http.MethodPost: c.managed(s, read, reply)}
	}
	return map[string]methods{
		chamberPath + "/status":               {http.MethodGet: c.status},
		chamberPath + "/challenge/{operator}": {http.MethodGet: c.challenge},
		chamberPath + "/init":                 post(c.initialize, replyPlanned),
		chamberPath + "/register":             post(c.register, replyRegistered),
		chamberPath + "/unseal":               post(c.unseal, replyUnsealed),
		chamberPath + "/seal":                 managed(scopeSeal, seal, replyState),
		chamberPath + "/rotate/kms":           managed(scopeRotate, rotate(rotateKMS), replyPlanned),
		chamberPath + "/rotate/quorum":        managed(scopeRotate, rotate(rotateQuorum), replyPlanned),
		chamberPath + "/rotate/mode":          managed(scopeRotate, rotate(rotateMode), replyPlanned),
		chamberPath + "/rotate":               {http.MethodDelete: c.ceremony(c.gate, c.abort, replyState)},
		chamberPath + "/root-token":           post(c.rootToken, replyRootToken),
	}
}

// reading makes a ceremony of a request. Its secrets belong to whoever gets it; there are none beside an error.
type reading func(context.Context, *http.Request, []byte) (messages.PerformCeremony, error)

// replying writes the reply to a ceremony that was held, as JSON.
type replying func(messages.CeremonyOutcome) []byte

// managed serves a ceremony that takes the management token, which is checked before anything is read.
func (c *chamber) managed(s scope, read func(principal) reading, reply replying) endpoint {
	return func(w http.ResponseWriter, r *http.Request, id string) error {
		if err := c.layer.admit(r); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(r.Context(), c.requestTimeout)
		defer cancel()
		manager, err := c.authorize(ctx, r, s)
		if err != nil {
			c.begin(r, id).end(err)
			return err
		}
		r = r.WithContext(context.WithValue(r.Context(), surplus{}, nil)) // for a manager there is always a connection more
		return c.ceremony(c.managers, read(manager), reply)(w, r, id)
	}
}

// ceremony serves a ceremony: it lets the address and then the request in, reads it, has it held, and replies.
func (c *chamber) ceremony(g gate, read reading, reply replying) endpoint {
	return func(w http.ResponseWriter, r *http.Request, id string) error {
		if err := c.layer.admit(r); err != nil {
			return err
		}
		if err := g.enter(r.Context()); err != nil {
			return err
		}
		defer g.leave()
		ctx, cancel := context.WithTimeout(r.Context(), c.config.Timeout)
		defer cancel()
		told := c.begin(r, id)
		outcome, err := c.hold(ctx, w, r, told.read(read))
		told.end(err)
		if err != nil {
			return c.withStatus(r, err)
		}
		defer outcome.Wipe()
		body := reply(outcome)
		defer clear(body)
		w.Header().Set("Content-Type", typeJSON)
		_, _ = w.Write(body) // a client that left needs no answer
		return nil
	}
}

func (c *chamber) hold(ctx context.Context, w http.ResponseWriter, r *http.Request, read reading) (messages.CeremonyOutcome, error) {
	buffer := make([]byte, maxCeremonyBody+1)
	defer clear(buffer)
	// Not every writer can set a deadline (a recorder cannot); net/http's can, and clears it at the body's end.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(c.bodyTimeout))
	body, err := readInto(buffer, r.Body)
	if err != nil {
		return messages.CeremonyOutcome{}, err
	}
	request, err := read(ctx, r, body)
	clear(buffer) // a ceremony may take minutes
	if err != nil {
		return messages.CeremonyOutcome{}, err
	}
	return c.config.Perform(ctx, request)
}

// readInto reads a body that is smaller than the buffer.
func readInto(buffer []byte, from io.Reader) ([]byte, error) {
	for n := 0; n < len(buffer); {
		got, err := from.Read(buffer[n:])
		n += got
		switch {
		case n == len(buffer):
		case err == io.EOF:
			return buffer[:n], nil
		case err != nil:
			return nil, unread(err)
		}
	}
	return nil, fmt.Errorf("%w: the limit is %d bytes", errTooLarge, len(buffer)-1)
}
