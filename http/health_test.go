package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

func TestUpcheck(t *testing.T) {
	tests := []struct{ accept, contentType, body string }{
		{"", "text/plain; charset=utf-8", "OK"},
		{"*/*", "text/plain; charset=utf-8", "OK"},
		{"text/plain", "text/plain; charset=utf-8", "OK"},
		{"application/json", "application/json; charset=utf-8", `{"status":"OK"}`},
	}
	for _, test := range tests {
		reply := newSigner().call("GET", "/upcheck", "", "Accept", test.accept)
		if reply.Code != 200 || reply.Header().Get("Content-Type") != test.contentType || reply.Body.String() != test.body {
			t.Errorf("%q: %d %v %s", test.accept, reply.Code, reply.Header(), reply.Body)
		}
	}
}

func TestHealthcheck(t *testing.T) {
	failed := messages.KeyFailure{Source: "filesystem", Name: "bad.json", Err: errors.New("wrong password")}
	healthy := []api.Check{
		api.ReadyCheck(nil), api.ActorsCheck(nil), api.KeysCheck(messages.KeyStatus{Loaded: 4, Found: 4}), api.StoreCheck(nil, messages.StoreSuspect{}),
	}
	tests := []struct {
		name   string
		checks []api.Check
		status int
	}{
		{"healthy", healthy, 200},
		{"a file failed", []api.Check{api.KeysCheck(messages.KeyStatus{Loaded: 3, Found: 4, Failures: []messages.KeyFailure{failed}})}, 200},
		{"loading", []api.Check{api.KeysCheck(messages.KeyStatus{Loaded: 3, Found: 4, Loading: true})}, 200},
		{"not ready", []api.Check{api.ReadyCheck([]string{"slashing"})}, 503},
		{"an actor hangs", []api.Check{api.ActorsCheck([]string{"chamber/slashing"})}, 503},
		{"store down", append(slices.Clone(healthy[:3]), api.StoreCheck(errors.New("private text"), messages.StoreSuspect{})), 503},
		{"store full", append(slices.Clone(healthy[:3]), api.StoreCheck(fmt.Errorf("private text: %w", messages.StoreFault{Reason: "the volume is full: make room", Err: errors.New("private")}), messages.StoreSuspect{})), 503},
		{"store gone back", append(slices.Clone(healthy[:3]), api.StoreCheck(nil, messages.StoreSuspect{Regressed: 1, Cause: errors.New("private text")})), 503},
		{"rows refused", append(slices.Clone(healthy[:3]), api.StoreCheck(nil, messages.StoreSuspect{Refused: 2, Cause: errors.New("private text")})), 200},
		{"a part is down", []api.Check{{ID: "whole", Checks: []api.Check{{ID: "part", Down: true}, {ID: "other"}}}}, 503},
	}
	var shown strings.Builder
	for _, test := range tests {
		s := newSigner()
		s.config.Health = func(ctx context.Context) api.Health {
			if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > time.Second {
				t.Error("no deadline below a second")
			}
			return api.Health{Checks: test.checks}
		}
		reply := s.call("GET", "/healthcheck", "")
		if reply.Code != test.status || (reply.Code == 503) != slices.Contains(s.errors, 503) {
			t.Errorf("%s: %d, observed %v", test.name, reply.Code, s.errors)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, reply.Body.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&shown, "%s: %d\n%s\n", test.name, reply.Code, &indented)
	}
	golden(t, "health.golden", shown.String())
}

func TestHealthOfADrainingSigner(t *testing.T) {
	handler := api.New(newSigner().config)
	if err := handler.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	reply := call(handler, "GET", "/healthcheck", nil)
	if reply.Code != 503 || !strings.Contains(reply.Body.String(), "shutting down") {
		t.Errorf("%d %s", reply.Code, reply.Body)
	}
}

func TestHealthNamesAHundredFiles(t *testing.T) {
	failures := make([]messages.KeyFailure, 250)
	s := newSigner()
	s.config.Health = func(context.Context) api.Health {
		return api.Health{Checks: []api.Check{api.KeysCheck(messages.KeyStatus{Failures: failures})}}
	}
	body := s.call("GET", "/healthcheck", "").Body.String()
	if got := strings.Count(body, `""`); got != 100 || !strings.Contains(body, `"error-count":250`) {
		t.Errorf("%d names: %s", got, body)
	}
}
