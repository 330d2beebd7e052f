package http

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"containment-chamber/messages"
)

// Refusals that only HTTP knows.
var (
	errNoRoute    = errors.New("no such route")
	errNoMethod   = errors.New("method not allowed")
	errNoChamber  = errors.New("this signer has no chamber")
	errTooLarge   = errors.New("body too large")
	errTimedOut   = errors.New("body not received in time")
	errPanicked   = errors.New("handler panicked")
	errUnanswered = errors.New("no answer to one of the keys")
)

// problem is how one kind of error is told.
type problem struct {
	// err is the sentinel that an error wraps.
	err    error
	status int
	// code is stable: clients and dashboards may match it.
	code string
	// retryAfter is in seconds; 0 means that the header is left out.
	retryAfter int
	// outcome is what a request for a signature counts as.
	outcome messages.SigningStatus
	// advice follows the error's text and says what to do, where the text itself does not.
	advice string
}

// problems maps every sentinel; the first that an error wraps wins. What is more exact stands before what it may wrap
// as well; the context's errors, which others wrap as their cause, stand behind those.
var problems = []problem{
	{messages.ErrPassphrase, 400, "passphrase_refused", 0, messages.StatusInvalid, ""},
	{messages.ErrMalformed, 400, "malformed_request", 0, messages.StatusInvalid, ""},
	{messages.ErrRootMismatch, 400, "root_mismatch", 0, messages.StatusRootMismatch, "check that client and signer are on the same network and fork"},
	{messages.ErrWrongNetwork, 403, "wrong_network", 0, messages.StatusWrongNetwork, "point the client at the signer of its own network"},
	{messages.ErrUnauthorized, 401, "unauthorized", 0, messages.StatusForbidden, ""},
	{messages.ErrWrongCredential, 403, "wrong_credential", 0, messages.StatusForbidden, "after five of them the operator is refused for five minutes"},
	{messages.ErrLockedOut, 429, "locked_out", 300, messages.StatusForbidden, ""},
	{
		messages.ErrSealUnrecorded, 503, "seal_unrecorded", 5, messages.StatusError,
		"this signer has wiped its keys, and goes on trying to tell the signer state: until the status says that it could, seal each replica by itself, and do not restart this one",
	},
	{messages.ErrWrongState, 409, "wrong_state", 0, messages.StatusError, ""},
	{messages.ErrShareRepeated, 409, "given_already", 0, messages.StatusError, ""},
	{messages.ErrGuardBusy, 409, "guard_busy", 2, messages.StatusError, ""},
	{messages.ErrFenced, 409, "broken_off", 5, messages.StatusError, "look at the status before asking again"},
	{messages.ErrConflict, 409, "conflict", 1, messages.StatusError, "look at the status before asking again"},
	{messages.ErrKMSRefused, 409, "kms_refused", 0, messages.StatusError, ""},
	{messages.ErrKMSUnavailable, 503, "kms_unavailable", 5, messages.StatusError, "ask again when they answer"},
	{messages.ErrStateUnavailable, 503, "state_unavailable", 5, messages.StatusError, "the signer state cannot be read or written; see the signer's log"},
	{messages.ErrStateRefused, 503, "state_refused", 0, messages.StatusError, "the status says what is wrong with the signer state"},
	{messages.ErrAuditUnavailable, 503, "audit_unavailable", 5, messages.StatusError, "there is no ceremony without evidence: set audit.file, and see to it that it can be written"},
	{messages.ErrForbidden, 403, "forbidden", 0, messages.StatusForbidden, ""},
	{messages.ErrUnknownKey, 404, "unknown_key", 0, messages.StatusUnknownKey, "load the key, or remove it from the client"},
	{messages.ErrSlashable, 412, "slashing_refused", 0, messages.StatusSlashing, ""},
	{messages.ErrSealed, 503, "sealed", 30, messages.StatusSealed, "'containment-chamber operator status' says how to open it"},
	{messages.ErrRowRefused, 500, "slashing_row_refused", 0, messages.StatusError, "nothing was signed: somebody may have edited the slashing-protection store; run 'containment-chamber slashing verify'"},
	{messages.ErrStoreRegressed, 500, "slashing_store_regressed", 0, messages.StatusError, "nothing was signed; see /healthcheck and the signer's log"},
	{messages.ErrStoreUnavailable, 503, "store_unavailable", 5, messages.StatusError, "nothing was signed; see /healthcheck and the signer's log"},
	{messages.ErrDraining, 503, "draining", 5, messages.StatusOverloaded, "nothing was signed; ask another replica or wait for the restart"},
	{messages.ErrOverloaded, 503, "overloaded", 1, messages.StatusOverloaded, "nothing was signed; try again"},
	{messages.ErrCrashed, 503, "crashed", 1, messages.StatusError, "asking again is safe; the signer's log has the cause"},
	{messages.ErrReloading, 409, "reloading", 0, messages.StatusError, ""},
	{messages.ErrUnavailable, 503, "unavailable", 1, messages.StatusError, "a part of the signer is starting, or keys are still being loaded; try again"},
	{messages.ErrExpired, 503, "expired", 1, messages.StatusExpired, "the signer could not act in time; asking again is safe"},
	{context.DeadlineExceeded, 503, "expired", 1, messages.StatusExpired, "the signer could not act in time; asking again is safe"},
	{context.Canceled, 503, "expired", 1, messages.StatusExpired, "the client left before the signer could act; asking again is safe"},
	{errNoRoute, 404, "not_found", 0, messages.StatusInvalid, "check the path and the base URL that the client is given"},
	{errNoChamber, 404, "no_chamber", 0, messages.StatusInvalid, "it signs with plain key files alone: set signer_state.backend to give it one"},
	{errNoMethod, 405, "method_not_allowed", 0, messages.StatusInvalid, "see the Allow header"},
	{errTooLarge, 413, "body_too_large", 0, messages.StatusInvalid, ""},
	{errTimedOut, 408, "request_timeout", 0, messages.StatusExpired, "send the whole body at once"},
}

// internal is the problem of an error that wraps no sentinel: a bug of ours. Its text is not shown.
var internal = problem{
	errors.New("internal error"), 500, "internal", 0, messages.StatusError, "report it with the request id and the signer's log",
}

func problemOf(err error) problem {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p
		}
	}
	return internal
}

// maxMessage bounds the text of an error, which may quote what the client sent.
const maxMessage = 500

// message returns what the client is told about err: all of its text when there is something that he can do, the
// sentinel's otherwise.
func (p problem) message(err error) string {
	text := p.err.Error()
	if p.status < http.StatusInternalServerError || p.err == messages.ErrKMSUnavailable || p.err == messages.ErrSealed { //nolint:errorlint // it stands in the table
		text = err.Error()
	}
	text = cut(text)
	if p.advice == "" {
		return text
	}
	return text + "; " + p.advice
}

// cut shortens a text to what may be told.
func cut(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxMessage)], "") }

// after returns when to ask again, in seconds: as the error itself knows it, or else as is usual for its kind.
func (p problem) after(err error) int {
	var knows interface{ RetryAfter() time.Duration }
	if errors.As(err, &knows) {
		return int((knows.RetryAfter() + time.Second - 1) / time.Second)
	}
	return p.retryAfter
}

// write answers the request with the problem that err is.
func (p problem) write(w http.ResponseWriter, id string, err error) {
	var c *conflict
	var chamber *chamberStatus
	if errors.As(err, &c) {
		chamber = &c.status
	}
	body, _ := json.Marshal(struct { // strings, numbers and times of this age always marshal
		Error     string         `json:"error"`
		Message   string         `json:"message"`
		RequestID string         `json:"request_id"`
		Chamber   *chamberStatus `json:"chamber,omitempty"`
	}{p.code, p.message(err), id, chamber})
	if after := p.after(err); after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(after))
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="containment-chamber"`) // RFC 9110 §15.5.2
	}
	w.Header().Set("Content-Type", typeJSON)
	w.WriteHeader(p.status)
	_, _ = w.Write(append(body, '\n')) // a client that left needs no answer
}
