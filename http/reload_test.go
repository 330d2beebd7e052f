package http_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"containment-chamber/messages"
)

func TestReload(t *testing.T) {
	tests := map[string]struct {
		err    error
		status int
		body   string
		errors []int
	}{
		"accepted": {nil, 202,
			`{"status":"accepted","message":"Reload operation accepted and is running in the background. Use GET /reload to check status."}`, nil},
		"running": {fmt.Errorf("%w; ask again", messages.ErrReloading), 409,
			`{"status":"error","message":"A reload operation is already in progress. Please try again later."}`, []int{409}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSigner()
			s.config.Reload = func(context.Context, messages.ReloadKeys) (messages.ReloadAccepted, error) {
				return messages.ReloadAccepted{}, test.err
			}
			reply := s.call("POST", "/reload", "whatever is sent")
			if reply.Code != test.status || reply.Body.String() != test.body || reply.Header().Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("%d %s %v", reply.Code, reply.Body, reply.Header())
			}
			if !slices.Equal(s.errors, test.errors) {
				t.Errorf("observed %v", s.errors)
			}
		})
	}
}

func TestReloadStatus(t *testing.T) {
	ended := time.Date(2026, 11, 22, 13, 4, 5, 678_900_000, time.FixedZone("", 3600))
	tests := map[string]messages.ReloadStatus{
		`{"status":"idle"}`:    {State: messages.ReloadIdle},
		`{"status":"running"}`: {State: messages.ReloadRunning},
		`{"status":"running","lastOperationTime":"2026-11-22T12:04:05.678Z"}`:   {State: messages.ReloadRunning, Ended: ended},
		`{"status":"completed","lastOperationTime":"2026-11-22T12:04:05.678Z"}`: {State: messages.ReloadCompleted, Ended: ended},
		`{"status":"completed_with_errors","lastOperationTime":"2026-11-22T12:04:05.678Z","lastError":"Reload completed with 3 signer loading error(s)"}`: {
			State: messages.ReloadWithErrors, Ended: ended, LastError: "Reload completed with 3 signer loading error(s)",
		},
		`{"status":"failed","lastOperationTime":"2026-11-22T12:04:05.678Z","lastError":"why"}`: {
			State: messages.ReloadFailed, Ended: ended, LastError: "why",
		},
	}
	for want, status := range tests {
		s := newSigner()
		s.config.ReloadStatus = func(context.Context, messages.GetReloadStatus) (messages.ReloadStatus, error) { return status, nil }
		if reply := s.call("GET", "/reload", ""); reply.Code != 200 || reply.Body.String() != want {
			t.Errorf("%d %s, want %s", reply.Code, reply.Body, want)
		}
	}
}

func TestReloadUnavailable(t *testing.T) {
	s := newSigner()
	s.config.Reload = func(context.Context, messages.ReloadKeys) (messages.ReloadAccepted, error) {
		return messages.ReloadAccepted{}, messages.ErrUnavailable
	}
	s.config.ReloadStatus = func(context.Context, messages.GetReloadStatus) (messages.ReloadStatus, error) {
		return messages.ReloadStatus{}, messages.ErrUnavailable
	}
	expect(t, s.call("POST", "/reload", ""), 503, "unavailable")
	expect(t, s.call("GET", "/reload", ""), 503, "unavailable")
}
