package http_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"containment-chamber/messages"
)

// refusing is a chamber with something in every field of its status, that refuses every ceremony.
func refusing(with error) *signerWithChamber {
	s := withFullStatus()
	s.chamber.Perform = func(_ context.Context, m messages.PerformCeremony) (messages.CeremonyOutcome, error) {
		m.Ceremony.Wipe()
		return messages.CeremonyOutcome{}, with
	}
	return s
}

// TestConflictsTellTheFreshState: whoever is refused because of how the chamber stands is told how that is.
func TestConflictsTellTheFreshState(t *testing.T) {
	for _, test := range []struct {
		err  error
		code string // empty: no conflict
	}{
		{messages.ErrWrongState, "wrong_state"}, {messages.ErrShareRepeated, "given_already"}, {messages.ErrGuardBusy, "guard_busy"},
		{messages.ErrFenced, "broken_off"}, {messages.ErrConflict, "conflict"}, {messages.ErrKMSRefused, "kms_refused"},
		{messages.ErrWrongCredential, ""}, {messages.ErrKMSUnavailable, ""}, {messages.ErrMalformed, ""},
	} {
		for from, detail := range map[string]string{"": "brief", fromHere: "local"} {
			s := refusing(fmt.Errorf("%w: particulars", test.err))
			s.from = from
			reply := s.ask("POST", "/unseal", `{"operator":"alice","passphrase":"x"}`)
			var body struct {
				Error   string
				Chamber struct {
					Detail, State string
					Guard         struct{ Held bool }
				}
			}
			if err := json.Unmarshal(reply.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			switch c := body.Chamber; {
			case test.code == "" && strings.Contains(reply.Body.String(), `"chamber"`):
				t.Errorf("%v: no conflict, and yet %s", test.err, reply.Body)
			case test.code != "" && (reply.Code != 409 || body.Error != test.code || c.Detail != detail || c.State != "unsealed" || !c.Guard.Held):
				t.Errorf("%v: %d %s", test.err, reply.Code, reply.Body)
			}
		}
	}
}

// TestBriefStatus: somebody who has proved nothing learns no name.
func TestBriefStatus(t *testing.T) {
	reply := refusing(messages.ErrWrongState).ask("POST", "/unseal", `{"operator":"zoe","passphrase":"x"}`, "X-Request-Id", "id-1")
	golden(t, "status-brief.golden", reply.Body.String())
	for _, name := range []string{"alice", "bob", "kq7", "file:a", "0a0a", "drill", "rolled back", "no answer"} {
		if strings.Contains(reply.Body.String(), name) {
			t.Errorf("it names %s: %s", name, reply.Body)
		}
	}
}

// TestConflictWithoutStatus: the refusal is told all the same.
func TestConflictWithoutStatus(t *testing.T) {
	s := refusing(messages.ErrGuardBusy)
	s.chamber.Status = func(context.Context, messages.GetSealStatus) (messages.SealStatus, error) {
		return messages.SealStatus{}, errors.New("no answer")
	}
	reply := s.ask("POST", "/unseal", `{"operator":"alice","passphrase":"x"}`)
	expect(t, reply, 409, "guard_busy")
	if strings.Contains(reply.Body.String(), `"chamber"`) || reply.Header().Get("Retry-After") != "2" {
		t.Errorf("%s %v", reply.Body, reply.Header())
	}
}
