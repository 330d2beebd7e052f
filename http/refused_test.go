package http_test

import (
	"errors"
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// TestRefusalsAreTold says each error reply once, with the id that the client was given.
func TestRefusalsAreTold(t *testing.T) {
	for request, want := range map[string]messages.RequestRefused{
		"GET /nowhere":     {Route: "/", Status: 404, Code: "not_found"},
		"PUT /upcheck":     {Route: "/upcheck", Status: 405, Code: "method_not_allowed"},
		"POST " + signPath: {Route: "/api/v1/eth2/sign/{identifier}", Status: 400, Code: "malformed_request"},
		"POST /api/v1/eth2/sign/not-a-key-at-all": {Route: "/api/v1/eth2/sign/{identifier}", Status: 400, Code: "malformed_request"},
	} {
		s := newSigner()
		method, path, _ := strings.Cut(request, " ")
		reply := call(api.New(s.config), method, path, strings.NewReader("no JSON"))
		told := observed[messages.RequestRefused](s)
		want.RequestID = reply.Header().Get("X-Request-Id")
		if len(told) != 1 || told[0] != want || want.RequestID == "" {
			t.Errorf("%s: told %+v, want %+v", request, told, want)
		}
	}
	s := newSigner()
	call(api.New(s.config), "GET", "/upcheck", nil)
	if told := observed[messages.RequestRefused](s); len(told) != 0 {
		t.Errorf("a good reply: %+v", told)
	}
}

func TestPanicNamesItsRequest(t *testing.T) {
	s := newSigner()
	s.config.Decode = func([]byte) (messages.Duty, error) { panic("broken") }
	reply := call(api.New(s.config), "POST", signPath, strings.NewReader("{}"))
	if panics := observed[messages.HandlerPanicked](s); len(panics) != 1 || panics[0].RequestID != reply.Header().Get("X-Request-Id") {
		t.Errorf("%+v", panics)
	}
}

func TestPanicIsAnswered(t *testing.T) {
	tests := []struct {
		name  string
		cause any
		want  string
	}{
		{"text may hold data", "secret", "string"},
		{"error may hold data", errors.New("secret"), "*errors.errorString"},
		{"the runtime's own", nil, "runtime error: index out of range"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSigner()
			s.config.Decode = func(body []byte) (messages.Duty, error) {
				if test.cause != nil {
					panic(test.cause)
				}
				_ = body[len(body)]
				return messages.Duty{}, nil
			}
			handler := api.New(s.config)
			reply := call(handler, "POST", signPath, strings.NewReader("{}"))
			if message := expect(t, reply, 500, "internal"); strings.Contains(message, "secret") {
				t.Errorf("message %q", message)
			}
			panics := observed[messages.HandlerPanicked](s)
			if len(panics) != 1 || !strings.Contains(panics[0].Cause, test.want) || strings.Contains(panics[0].Cause, "secret") {
				t.Fatalf("events %v", panics)
			}
			if panics[0].Route != "/api/v1/eth2/sign/{identifier}" || !strings.Contains(panics[0].Stack, "api_test.go") {
				t.Errorf("route %q, stack %q", panics[0].Route, panics[0].Stack)
			}
			finished := observed[messages.SigningFinished](s)
			if len(finished) != 1 || finished[0].Status != messages.StatusError {
				t.Errorf("finished %v", finished)
			}
			if reply := call(handler, "GET", "/upcheck", nil); reply.Code != 200 {
				t.Errorf("the API is dead: %d", reply.Code)
			}
		})
	}
}
