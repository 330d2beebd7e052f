package http_test

import (
	"context"
	"encoding/base64"
	"testing"

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
