package http

import (
	"context"
	"errors"
	"net/http"
	"time"

	"containment-chamber/messages"
)

// guardTimeout is how long the status waits for whoever watches the guard: the rest is to be seen in any case.
const guardTimeout = 2 * time.Second

// How much of the status is shown.
const (
	detailFull  = "full"
	detailLocal = "local"
	detailBrief = "brief"
)

// status serves GET …/status: all of it with a token, and less to callers on this machine without. A token cannot be checked
// while there is no master key: then it is as if there was none, on this machine.
func (c *chamber) status(w http.ResponseWriter, r *http.Request, _ string) error {
	ctx, cancel := context.WithTimeout(r.Context(), c.requestTimeout)
	defer cancel()
	local := c.layer.proxies.local(r)
	_, err := c.authorize(ctx, r, scopeStatus)
	full := err == nil
	if !full && !(local && (len(r.Header["Authorization"]) == 0 || errors.Is(err, messages.ErrSealed))) {
		return err
	}
	status, err := c.config.Status(ctx, messages.GetSealStatus{})
	if err != nil {
		return err
	}
	body := c.body(ctx, status)
	body.Keys, _ = c.config.Keys(ctx) // without it the rest is still worth telling
	body.Warnings = c.config.Warnings
	if !full {
		body = body.forLocal()
	}
	w.Header().Set("Content-Type", typeJSON)
	_, _ = w.Write(encode(body)) // a client that left needs no answer
	return nil
}

func (c *chamber) body(ctx context.Context, status messages.SealStatus) chamberStatus {
	body := bodyOf(status)
	body.Version = c.config.Version
	body.Guard = c.guard(ctx)
	return body
}

// guard says whether a ceremony is under way, or why that is not known.
func (c *chamber) guard(ctx context.Context) guardStatus {
	ctx, cancel := context.WithTimeout(ctx, guardTimeout)
	defer cancel()
	g, err := c.config.Guard(ctx, messages.GetGuardWatch{})
	if err != nil {
		return guardStatus{Error: problemOf(err).code}
	}
	return guardOf(g)
}
