package http

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"containment-chamber/messages"
)

// isoTime is ISO 8601 with milliseconds, in UTC.
const isoTime = "2006-01-02T15:04:05.000Z"

// The bodies of POST /reload, as Web3Signer has them.
const (
	reloadAccepted = `{"status":"accepted","message":"Reload operation accepted and is running in the background. Use GET /reload to check status."}`
	reloadRefused  = `{"status":"error","message":"A reload operation is already in progress. Please try again later."}`
)

// reload serves POST /reload: it has all key sources read again, and does not wait for the end.
func (a *API) reload(w http.ResponseWriter, r *http.Request, _ string) error {
	ctx, cancel := context.WithTimeout(r.Context(), a.config.RequestTimeout)
	defer cancel()
	status, body := http.StatusAccepted, reloadAccepted
	_, err := a.config.Reload(ctx, messages.ReloadKeys{})
	switch {
	case errors.Is(err, messages.ErrReloading):
		status, body = http.StatusConflict, reloadRefused
		a.config.ObserveError(status)
	case err != nil:
		return err
	}
	w.Header().Set("Content-Type", typeJSON)
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // a client that left needs no answer
	return nil
}

// reloadStatus serves GET /reload: how the last reload went. lastError is there as long as something is wrong.
func (a *API) reloadStatus(w http.ResponseWriter, r *http.Request, _ string) error {
	ctx, cancel := context.WithTimeout(r.Context(), a.config.RequestTimeout)
	defer cancel()
	s, err := a.config.ReloadStatus(ctx, messages.GetReloadStatus{})
	if err != nil {
		return err
	}
	ended := ""
	if !s.Ended.IsZero() {
		ended = s.Ended.UTC().Format(isoTime)
	}
	body, err := json.Marshal(struct {
		Status    messages.ReloadState `json:"status"`
		LastTime  string               `json:"lastOperationTime,omitempty"`
		LastError string               `json:"lastError,omitempty"`
	}{s.State, ended, s.LastError})
	if err != nil {
		return err // unreachable: strings always marshal
	}
	w.Header().Set("Content-Type", typeJSON)
	_, _ = w.Write(body)
	return nil
}
