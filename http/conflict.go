package http

import (
	"context"
	"net/http"

	"containment-chamber/messages"
)

// conflict is a refusal because of how the chamber stands, with how it stands now.
type conflict struct {
	error
	status chamberStatus
}

// Unwrap returns the refusal.
func (c *conflict) Unwrap() error { return c.error }

// withStatus adds to a refusal that is a conflict how the chamber stands, so that whoever asked need not ask again to know
// what to do. To callers on this machine it tells what they may ask for anyway, to others what no proof is needed for.
// The request may have taken all of its own time: this has its own.
func (c *chamber) withStatus(r *http.Request, err error) error {
	if problemOf(err).status != http.StatusConflict {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), c.requestTimeout)
	defer cancel()
	status, unknown := c.config.Status(ctx, messages.GetSealStatus{})
	if unknown != nil {
		return err // the refusal is worth telling without
	}
	body := c.body(ctx, status)
	if c.layer.proxies.local(r) {
		return &conflict{err, body.forLocal()}
	}
	return &conflict{err, body.brief()}
}
