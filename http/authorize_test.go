package http_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

// TestTokens shows which headers are a token.
func TestTokens(t *testing.T) {
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, test := range map[string]struct {
		headers []string
		want    string // empty for a refusal
	}{
		"bearer":            {[]string{"Bearer t"}, "t"},
		"bearer, any case":  {[]string{"bEARER   t "}, "t"},
		"basic":             {[]string{basic("x:t")}, "t"},
		"basic, no user":    {[]string{basic(":t")}, "t"},
		"basic, colons":     {[]string{basic("x:t:u")}, "t:u"},
		"none":              {nil, ""},
		"empty":             {[]string{""}, ""},
		"no token":          {[]string{"Bearer"}, ""},
		"blank":             {[]string{"Bearer  "}, ""},
		"another scheme":    {[]string{"Digest t"}, ""},
		"two":               {[]string{"Bearer t", "Bearer t"}, ""},
		"basic, no colon":   {[]string{basic("t")}, ""},
		"basic, no token":   {[]string{basic("x:")}, ""},
		"basic, not base64": {[]string{"Basic ?"}, ""},
	} {
		s := newChamber()
		got := ""
		var kept messages.Secret
		s.chamber.CheckToken = func(_ context.Context, m messages.CheckManagementToken) (messages.Manager, error) {
			got, kept = plain(m.Token), m.Token
			return messages.Manager{ID: "x"}, nil
		}
		var headers []string
		for _, value := range test.headers {
			headers = append(headers, "Authorization", value)
		}
		reply := s.ask("POST", "/seal", "{}", headers...)
		if got != test.want || (reply.Code == 200) != (test.want != "") {
			t.Errorf("%s: %d %s, token %q", name, reply.Code, reply.Body, got)
		}
		if test.want == "" {
			expect(t, reply, 401, "unauthorized")
		}
		kept.Use(func(b []byte) {
			for _, c := range b {
				if c != 0 {
					t.Errorf("%s: the token was not wiped", name)
				}
			}
		})
	}
}

// TestWhatTheManagementTokenIsFor: none of it is done without, nor with another token.
func TestWhatTheManagementTokenIsFor(t *testing.T) {
	for _, ask := range [][2]string{{"POST", "/seal"}, {"POST", "/rotate/kms"}, {"POST", "/rotate/quorum"}, {"POST", "/rotate/mode"}, {"DELETE", "/rotate"}} {
		s := newChamber()
		s.from = fromHere
		expect(t, s.ask(ask[0], ask[1], "{}"), 401, "unauthorized")
		expect(t, s.ask(ask[0], ask[1], "{}", "Authorization", "Bearer x"), 401, "unauthorized")
		if s.asked != nil {
			t.Errorf("%s: %q", ask[1], s.asked)
		}
		if reply := s.ask(ask[0], ask[1], "{}", "Authorization", managing); reply.Code != 200 {
			t.Errorf("%s: %d %s", ask[1], reply.Code, reply.Body)
		}
		s.status.State = messages.StateKMSUnsealed
		if ask[1] == "/seal" { // the one thing that is possible in every state
			if reply := s.ask(ask[0], ask[1], "{}", "Authorization", managing); reply.Code != 200 {
				t.Errorf("%s: %d %s", ask[1], reply.Code, reply.Body)
			}
			expect(t, s.ask(ask[0], ask[1], "{}", "Authorization", "Bearer x"), 401, "unauthorized")
			continue
		}
		expect(t, s.ask(ask[0], ask[1], "{}", "Authorization", managing), 503, "sealed")
	}
}

// TestStrangersDoNotHoldUpASeal: who has the management token does not queue up with everybody, nor does a wrong one take a
// place, or have its body read.
func TestStrangersDoNotHoldUpASeal(t *testing.T) {
	s := newChamber()
	s.chamber.MaxConcurrent = 1
	perform := s.chamber.Perform
	arrived, release := make(chan struct{}), make(chan struct{})
	s.chamber.Perform = func(ctx context.Context, m messages.PerformCeremony) (messages.CeremonyOutcome, error) {
		if m.Ceremony.Name() == messages.CeremonyShare {
			close(arrived)
			<-release
		}
		return perform(ctx, m)
	}
	handler := api.New(s.config)
	done := make(chan int)
	share := func() int {
		return call(handler, "POST", chamberPath+"/unseal", strings.NewReader(`{"operator":"alice","passphrase":"x"}`)).Code
	}
	go func() { done <- share() }()
	<-arrived
	if code := share(); code != 503 {
		t.Errorf("another share: %d", code)
	}
	for _, path := range []string{"/seal", "/rotate/kms"} {
		expect(t, call(handler, "POST", chamberPath+path, unreadable{t}, "Authorization", "Bearer x"), 401, "unauthorized")
		if reply := call(handler, "POST", chamberPath+path, strings.NewReader("{}"), "Authorization", managing); reply.Code != 200 {
			t.Errorf("%s: %d %s", path, reply.Code, reply.Body)
		}
	}
	close(release)
	if code := <-done; code != 200 {
		t.Errorf("the first share: %d", code)
	}
}

// TestManagersAreHeardOnAnyConnection, also when there are as many as there may be.
func TestManagersAreHeardOnAnyConnection(t *testing.T) {
	handler := api.New(newChamber().config)
	server := start(t, api.ServerConfig{Handler: handler, MaxConnections: 1})
	defer func() {
		if err := server.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	connection(t, server.Address()) // which stays
	seal := "POST " + chamberPath + "/seal HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nAuthorization: "
	if reply, body := talk(t, server.Address(), seal+managing+"\r\n\r\n{}"); reply.StatusCode != 200 {
		t.Errorf("%d %s", reply.StatusCode, body)
	}
	share := `{"operator":"alice","passphrase":"x"}`
	request := fmt.Sprintf("POST %s/unseal HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", chamberPath, len(share), share)
	if reply, body := talk(t, server.Address(), request); reply.StatusCode != 503 {
		t.Errorf("anybody: %d %s", reply.StatusCode, body)
	}
}
