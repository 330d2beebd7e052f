package http

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"containment-chamber/messages"
)

// scope is a group of routes that a token may open.
type scope string

// The scopes, as policies name them.
const (
	scopeStatus scope = "chamber_status"
	scopeSeal   scope = "chamber_seal"
	scopeRotate scope = "chamber_rotate"
)

// principal is who a token stands for. Its id may be shown and logged.
type principal struct{ id string }

// authorize checks the token of a request for what the scope covers. It is the one place that decides: the management
// token opens all scopes. Refusals: ErrUnauthorized, ErrSealed, since a token can be checked without the master key for
// sealing only.
func (c *chamber) authorize(ctx context.Context, r *http.Request, s scope) (principal, error) {
	token, err := tokenOf(r.Header)
	if err != nil {
		return principal{}, fmt.Errorf("%w (%s)", err, s)
	}
	manager, err := c.config.CheckToken(ctx, messages.CheckManagementToken{Token: token, ToSeal: s == scopeSeal})
	if ctx.Err() == nil { // otherwise it may be looked at still
		token.Wipe()
	}
	return principal{manager.ID}, err
}

// tokenOf takes the token out of a request: Bearer, or the password of Basic. The header itself is a string, and stays
// until the garbage collector takes it.
func tokenOf(h http.Header) (messages.Secret, error) {
	values := h["Authorization"]
	if len(values) == 0 {
		return messages.Secret{}, fmt.Errorf("%w: send a token: Authorization: Bearer", messages.ErrUnauthorized)
	}
	scheme, credentials, _ := strings.Cut(values[0], " ")
	token := []byte(strings.TrimSpace(credentials))
	switch {
	case len(values) > 1:
	case strings.EqualFold(scheme, "Bearer"):
	case strings.EqualFold(scheme, "Basic"):
		token = password(token)
	default:
		clear(token)
		token = nil
	}
	if len(values) > 1 || len(token) == 0 {
		clear(token)
		return messages.Secret{}, fmt.Errorf("%w: the Authorization header must be one: Bearer and a token, or Basic with the token as password", messages.ErrUnauthorized)
	}
	return messages.NewSecret(token), nil
}

// password takes the password out of Basic credentials (RFC 7617), which it overwrites. It is nil when there is none.
func password(encoded []byte) []byte {
	defer clear(encoded)
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(encoded)))
	defer clear(decoded)
	n, err := base64.StdEncoding.Decode(decoded, encoded)
	_, password, found := bytes.Cut(decoded[:n], []byte(":"))
	if err != nil || !found {
		return nil
	}
	return bytes.Clone(password)
}
