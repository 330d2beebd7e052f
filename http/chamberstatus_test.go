package http_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"containment-chamber/messages"
)

// fullStatus has something in every field.
func fullStatus() messages.SealStatus {
	at := time.Date(2026, 3, 4, 5, 6, 7, 8, time.FixedZone("", 3600))
	quorum := messages.QuorumStatus{Threshold: 2, Given: 1, Expires: at, Operators: []messages.OperatorStatus{
		{Name: "alice", Registered: true, Credential: "passphrase", Given: true}, {Name: "bob"},
	}}
	return messages.SealStatus{
		State: messages.StateUnsealed, Since: at, Closing: true, Mode: messages.ModeKMSQuorum, ChamberID: strings.Repeat("0a", 16),
		Version: 7, Generation: 3,
		KMS:    messages.KMSStatus{References: []string{"file:a"}, Threshold: 1, Err: errors.New("no answer"), Attempts: 4, NextAttempt: at},
		Quorum: quorum, Rotation: quorum,
		Emergency:       messages.Emergency{Standing: true, By: "kq7", Reason: "drill", At: at, Unrecorded: true, Err: errors.New("store away")},
		RootToken:       messages.Progress{Operators: []string{"alice"}, Threshold: 2, Expires: at},
		ManagementToken: "kq7", Err: errors.New("rolled back"), Work: "rotate mode",
	}
}

func withFullStatus() *signerWithChamber {
	s := newChamber()
	s.status = fullStatus()
	s.chamber.Guard = func(context.Context, messages.GetGuardWatch) (messages.GuardWatch, error) {
		holder := messages.GuardStatus{Held: true, Ceremony: "rotate mode", By: "kq7", Since: s.status.Since, Fence: 9}
		return messages.GuardWatch{Holder: holder, HeldFor: 61500 * time.Millisecond, BreakAt: s.status.Since.Add(3 * time.Minute), Overdue: true}, nil
	}
	return s
}

func TestFullStatus(t *testing.T) {
	reply := withFullStatus().ask("GET", "/status", "", "Authorization", managing)
	golden(t, "status-full.golden", reply.Body.String()+"\n")
	if reply.Code != 200 {
		t.Error(reply.Code)
	}
}

func TestLocalStatus(t *testing.T) {
	s := withFullStatus()
	s.from = fromHere
	reply := s.ask("GET", "/status", "")
	golden(t, "status-local.golden", reply.Body.String()+"\n")
	if reply.Code != 200 {
		t.Error(reply.Code)
	}
}

// TestStatusBeforeAnything: nothing of a chamber is there yet.
func TestStatusBeforeAnything(t *testing.T) {
	s := newChamber()
	s.from = fromHere
	s.status = messages.SealStatus{}
	reply := s.ask("GET", "/status", "")
	want := `{"detail":"local","version":"v1.2.3","state":"","closing":false,"mode":"","kms":{"threshold":0,"open":false},"quorum":{"operators":[],"threshold":0,"given":0},"guard":{"held":false,"stuck":false}}`
	if reply.Body.String() != want {
		t.Errorf("%s, want %s", reply.Body, want)
	}
}

// TestWhoSeesTheStatus: a token that is wrong is refused, also on this machine; one that cannot be checked is as none.
func TestWhoSeesTheStatus(t *testing.T) {
	for name, test := range map[string]struct {
		from, token string
		state       messages.SealState
		status      int
		says        string
	}{
		"manager":                {"", managing, messages.StateUnsealed, 200, `"detail":"full"`},
		"manager here":           {fromHere, managing, messages.StateUnsealed, 200, `"detail":"full"`},
		"somebody here":          {fromHere, "", messages.StateUnsealed, 200, `"detail":"local"`},
		"somebody":               {"", "", messages.StateUnsealed, 401, "chamber_status"},
		"wrong token":            {"", "Bearer x", messages.StateUnsealed, 401, "not the management token"},
		"wrong token here":       {fromHere, "Bearer x", messages.StateUnsealed, 401, "not the management token"},
		"malformed token here":   {fromHere, "Digest x", messages.StateUnsealed, 401, "must be one"},
		"manager, sealed":        {"", managing, messages.StateSealed, 503, `"sealed"`},
		"manager here, sealed":   {fromHere, managing, messages.StateSealed, 200, `"detail":"local"`},
		"somebody, sealed":       {"", "", messages.StateSealed, 401, "send a token"},
		"somebody here, sealed":  {fromHere, "", messages.StateKMSUnsealed, 200, `"detail":"local"`},
		"another machine's here": {"127.0.0.2:9", "", messages.StateUnsealed, 200, `"detail":"local"`},
	} {
		s := newChamber()
		s.from, s.status.State = test.from, test.state
		var headers []string
		if test.token != "" {
			headers = []string{"Authorization", test.token}
		}
		reply := s.ask("GET", "/status", "", headers...)
		if reply.Code != test.status || !strings.Contains(reply.Body.String(), test.says) {
			t.Errorf("%s: %d %s", name, reply.Code, reply.Body)
		}
		if (reply.Code == 401) != (reply.Header().Get("WWW-Authenticate") != "") {
			t.Errorf("%s: %v", name, reply.Header())
		}
	}
}

// TestStatusOfAGuardThatIsStuck: that it does not answer is the worse of two findings.
func TestStatusOfAGuardThatIsStuck(t *testing.T) {
	for want, watch := range map[string]messages.GuardWatch{
		`"stuck":true,"finding":"held"}`:                       {Holder: messages.GuardStatus{Held: true}, Overdue: true},
		`{"held":false,"stuck":true,"finding":"unresponsive"}`: {Unresponsive: true},
		`"stuck":true,"finding":"unresponsive"}`:               {Holder: messages.GuardStatus{Held: true}, Overdue: true, Unresponsive: true},
	} {
		s := newChamber()
		s.chamber.Guard = func(context.Context, messages.GetGuardWatch) (messages.GuardWatch, error) { return watch, nil }
		if reply := s.ask("GET", "/status", "", "Authorization", managing); reply.Code != 200 || !strings.Contains(reply.Body.String(), want) {
			t.Errorf("%+v: %d %s", watch, reply.Code, reply.Body)
		}
	}
}

// TestStatusOfAGuardThatNobodySees: the rest is told all the same.
func TestStatusOfAGuardThatNobodySees(t *testing.T) {
	s := newChamber()
	s.chamber.Guard = func(ctx context.Context, _ messages.GetGuardWatch) (messages.GuardWatch, error) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("no deadline")
		}
		return messages.GuardWatch{}, fmt.Errorf("ask: %w", context.DeadlineExceeded)
	}
	s.chamber.Keys = func(context.Context) (map[string]int, error) { return nil, messages.ErrUnavailable }
	reply := s.ask("GET", "/status", "", "Authorization", managing)
	if reply.Code != 200 || !strings.Contains(reply.Body.String(), `"guard":{"held":false,"stuck":false,"error":"expired"}`) || strings.Contains(reply.Body.String(), `"keys"`) {
		t.Errorf("%d %s", reply.Code, reply.Body)
	}
	s.chamber.Status = func(context.Context, messages.GetSealStatus) (messages.SealStatus, error) {
		return messages.SealStatus{}, messages.ErrUnavailable
	}
	expect(t, s.ask("GET", "/status", "", "Authorization", managing), 503, "unavailable")
}
