package http_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	api "containment-chamber/http"
	"containment-chamber/messages"
)

const (
	chamberPath = "/api/v1/chamber"
	managerName = "kq7"
	managing    = "Bearer cc_token_kq7_good"
	passphrase  = "correct horse battery"
	fromHere    = "127.0.0.1:5555"
)

// signerWithChamber has a chamber on fake functions, which a test replaces before it calls.
type signerWithChamber struct {
	*signer
	chamber *api.Chamber
	// asked are the ceremonies that were asked for, with their secrets in the clear.
	asked []string
	// outcome is the answer, with s.status.
	outcome messages.CeremonyOutcome
	status  messages.SealStatus
	// from is the address of the callers, if it is not somewhere else.
	from string
}

func newChamber() *signerWithChamber {
	s := &signerWithChamber{signer: newSigner(), status: messages.SealStatus{State: messages.StateUnsealed, Mode: messages.ModeKMS}}
	s.outcome.CodeShown = true
	s.chamber = &api.Chamber{
		Perform: func(_ context.Context, m messages.PerformCeremony) (messages.CeremonyOutcome, error) {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			s.asked = append(s.asked, m.By+" | "+m.Ceremony.Name()+" | "+shown(m.Ceremony))
			m.Ceremony.Wipe()
			s.outcome.Status = s.status
			return s.outcome, nil
		},
		Status: func(context.Context, messages.GetSealStatus) (messages.SealStatus, error) { return s.status, nil },
		Guard: func(context.Context, messages.GetGuardWatch) (messages.GuardWatch, error) {
			return messages.GuardWatch{}, nil
		},
		Challenge: func(context.Context, messages.GetChallenge) (messages.Challenge, error) {
			return messages.Challenge{Bytes: []byte{1, 0xff}}, nil
		},
		CheckToken: func(_ context.Context, m messages.CheckManagementToken) (messages.Manager, error) {
			if !s.status.State.Signs() && !m.ToSeal {
				return messages.Manager{}, fmt.Errorf("%w: the chamber is %s", messages.ErrSealed, s.status.State)
			}
			if "Bearer "+plain(m.Token) != managing {
				return messages.Manager{}, fmt.Errorf("%w: not the management token", messages.ErrUnauthorized)
			}
			return messages.Manager{ID: managerName}, nil
		},
		Keys:    func(context.Context) (map[string]int, error) { return map[string]int{"filesystem": 3}, nil },
		Version: "v1.2.3",
	}
	s.config.Chamber = s.chamber
	return s
}

// ask sends one request from s.from.
func (s *signerWithChamber) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	handler := api.New(s.config)
	return call(addressed{handler, s.from}, method, chamberPath+path, strings.NewReader(body), headers...)
}

// plain is a secret in the clear.
func plain(s messages.Secret) (text string) {
	s.Use(func(b []byte) { text = string(b) })
	return text
}

// shown is a ceremony with its secrets in the clear.
func shown(m messages.Ceremony) string {
	credential := func(c messages.Credential) string {
		return fmt.Sprintf("%s %x", plain(c.Passphrase), plain(c.YubiKeyResponse))
	}
	switch m := m.(type) {
	case messages.UnsealByKMS:
	case messages.InitializeChamber:
		return fmt.Sprintf("%s %v", plain(m.SetupToken), m.Plan)
	case messages.RegisterOperator:
		return strings.TrimSpace(m.Operator + " " + plain(m.Token) + " " + credential(m.Credential))
	case messages.SubmitShare:
		return strings.TrimSpace(m.Operator + " " + credential(m.Credential))
	case messages.SealChamber:
		return m.Reason
	case messages.RotateKMS:
		return fmt.Sprint(m.Plan)
	case messages.RotateQuorum:
		return fmt.Sprint(m.Plan)
	case messages.RotateMode:
		return fmt.Sprint(m.Plan)
	case messages.AbortRotation:
		return plain(m.SetupToken)
	case messages.GenerateRootToken:
		return strings.TrimSpace(m.Operator + " " + credential(m.Credential) + plain(m.Code))
	}
	return ""
}

func TestNoChamber(t *testing.T) {
	for _, path := range []string{"", "/", "/status", "/unseal", "/nowhere"} {
		message := expect(t, newSigner().call("POST", chamberPath+path, "{}"), 404, "no_chamber")
		if !strings.Contains(message, "signer_state.backend") {
			t.Errorf("%s: %s", path, message)
		}
	}
}

func TestChamberRoutes(t *testing.T) {
	s := newChamber()
	for path, status := range map[string]int{"": 404, "/": 404, "/unsea": 404, "/rotate/all": 404, "/challenge/": 404, "/seal": 405, "/rotate": 405} {
		reply := s.ask("GET", path, "")
		if reply.Code != status || reply.Header().Get("Connection") != "close" {
			t.Errorf("%q: %d %v", path, reply.Code, reply.Header())
		}
	}
}

func TestChamberNeedsEveryFunction(t *testing.T) {
	s := newChamber()
	s.chamber.Keys = nil
	defer func() {
		if recover() == nil {
			t.Error("a Chamber without Keys was taken")
		}
	}()
	api.New(s.config)
}

func TestCeremonyBodyHasALimit(t *testing.T) {
	s := newChamber()
	fits := `{"operator":"alice","passphrase":"` + strings.Repeat("x", 64<<10-36) + `"}`
	if reply := s.ask("POST", "/unseal", fits); len(fits) != 64<<10 || reply.Code != 200 {
		t.Errorf("%d bytes: %d %s", len(fits), reply.Code, reply.Body)
	}
	if message := expect(t, s.ask("POST", "/unseal", fits+" "), 413, "body_too_large"); !strings.Contains(message, "65536") {
		t.Error(message)
	}
}

func TestCeremoniesHaveALimit(t *testing.T) {
	s := newChamber()
	s.chamber.MaxConcurrent = 1
	arrived, release := make(chan struct{}), make(chan struct{})
	s.chamber.Perform = func(context.Context, messages.PerformCeremony) (messages.CeremonyOutcome, error) {
		close(arrived)
		<-release
		return messages.CeremonyOutcome{}, nil
	}
	handler := api.New(s.config)
	done := make(chan int)
	body := `{"operator":"alice","passphrase":"x"}`
	go func() { done <- call(handler, "POST", chamberPath+"/unseal", strings.NewReader(body)).Code }()
	<-arrived
	reply := call(handler, "POST", chamberPath+"/unseal", strings.NewReader(body))
	expect(t, reply, 503, "overloaded")
	if reply.Header().Get("Retry-After") == "" || call(handler, "POST", signPath, strings.NewReader("{}")).Code != 200 {
		t.Errorf("%v; or ceremonies keep signatures waiting", reply.Header())
	}
	if refused := observed[messages.QueueRefused](s.signer); len(refused) != 1 || refused[0].Queue != "http_ceremonies" {
		t.Errorf("%v", refused)
	}
	close(release)
	if code := <-done; code != 200 {
		t.Errorf("the first: %d", code)
	}
	if err := handler.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	expect(t, call(handler, "POST", chamberPath+"/unseal", strings.NewReader(body)), 503, "draining")
}

func TestCeremonyAddresses(t *testing.T) {
	s := newChamber()
	s.chamber.Allowed = api.Networks{netip.MustParsePrefix("10.0.0.0/8")}
	s.config.TrustedProxies = api.Networks{netip.MustParsePrefix("192.0.2.0/24")}
	for _, ask := range []struct{ method, path, body string }{
		{"POST", "/init", "{}"}, {"POST", "/register", "{}"}, {"GET", "/challenge/alice", ""}, {"POST", "/unseal", "{}"}, {"POST", "/seal", "{}"},
		{"POST", "/rotate/kms", "{}"}, {"POST", "/rotate/quorum", "{}"}, {"POST", "/rotate/mode", "{}"}, {"DELETE", "/rotate", ""}, {"POST", "/root-token", "{}"},
	} {
		s.from = "203.0.113.7:99"
		if message := expect(t, s.ask(ask.method, ask.path, ask.body), 403, "forbidden"); !strings.Contains(message, "203.0.113.7 is not in chamber.ceremony.allowed_cidrs") {
			t.Errorf("%s: %s", ask.path, message)
		}
		if s.asked != nil {
			t.Fatalf("held: %v", s.asked)
		}
		s.from = "192.0.2.1:99"
		if reply := s.ask(ask.method, ask.path, ask.body, "X-Forwarded-For", "203.0.113.7, 10.1.2.3"); reply.Code == 403 {
			t.Errorf("%s: %d %s", ask.path, reply.Code, reply.Body)
		}
		expect(t, s.ask(ask.method, ask.path, ask.body, "X-Forwarded-For", "10.1.2.3, nobody"), 403, "forbidden")
		s.asked = nil
	}
	want := []messages.AddressRefused{{Layer: "ceremony", Reason: "not_allowed"}, {Layer: "ceremony", Reason: "unparsable"}}
	if refused := observed[messages.AddressRefused](s.signer); len(refused) != 20 || refused[0] != want[0] || refused[1] != want[1] {
		t.Errorf("%v", refused)
	}
}

// addressed has all requests come from one address; the empty one leaves it as it is.
type addressed struct {
	handler http.Handler
	from    string
}

func (a addressed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if a.from != "" {
		r.RemoteAddr = a.from
	}
	a.handler.ServeHTTP(w, r)
}
