package http

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"containment-chamber/messages"
)

// healthTimeout is how long checks may take: Vero, which asks every second, waits no longer than one.
const healthTimeout = 800 * time.Millisecond

// maxFailures bounds the files that the health tree names.
const maxFailures = 100

// Health is what the parts of the signer say of themselves.
type Health struct{ Checks []Check }

// Check is one node of Web3Signer's health tree.
type Check struct {
	// ID is the name that monitoring matches.
	ID string
	// Down takes the signer out of service: /healthcheck answers 503. A trouble that leaves the signer useful is Data.
	Down bool
	// Data are details for people; no secrets, and nothing that an outsider should not read.
	Data map[string]any
	// Checks are the parts of this check. One that is down brings the whole down.
	Checks []Check
}

// ReadyCheck says whether the actors have started; waiting names those that have not.
func ReadyCheck(waiting []string) Check {
	check := Check{ID: "readiness-check", Down: len(waiting) > 0}
	if check.Down {
		check.Data = map[string]any{"waiting-for": waiting}
	}
	return check
}

// ActorsCheck says whether the actors show life; hung names those that do not.
func ActorsCheck(hung []string) Check {
	check := Check{ID: "actors-check", Down: len(hung) > 0}
	if check.Down {
		check.Data = map[string]any{"unresponsive": hung}
	}
	return check
}

// KeysCheck says how loading stands, under Web3Signer's names. Unlike there, a file that cannot be loaded does not bring
// the signer down: it is counted, and the first hundred are named. Nor do keys that are sealed: that is not the check's to
// judge.
func KeysCheck(status messages.KeyStatus) Check {
	data := map[string]any{"keys-loaded": status.Loaded, "error-count": len(status.Failures)}
	if len(status.Failures) > 0 {
		var names []string
		for _, failure := range status.Failures[:min(len(status.Failures), maxFailures)] {
			names = append(names, failure.Name)
		}
		data["failed"] = names
	}
	if status.Sealed > 0 {
		data["keys-sealed"] = status.Sealed
	}
	if status.Loading {
		data["loading"] = true
		data["keys-found"] = status.Found
	}
	return Check{ID: "keys-check", Checks: []Check{{ID: "config-files-loading", Data: data}}}
}

// StoreCheck says whether slashing protection can record, and whether what it knows is believed. A store that has gone
// back in time serves nobody well; rows that are refused concern their validators only. Of the causes only what names
// nothing private is told here; the log has all.
func StoreCheck(err error, suspect messages.StoreSuspect) Check {
	check := Check{ID: "slashing-protection-db-health-check", Down: err != nil || suspect.Regressed > 0}
	switch {
	case err != nil:
		check.Data = map[string]any{"reason": "cannot record, nothing protected is signed: " + reasonOf(err)}
	case suspect.Regressed > 0:
		check.Data = map[string]any{"reason": "the history has gone back in time; see the signer's log", "validators_regressed": suspect.Regressed}
	case suspect.Refused > 0:
		check.Data = map[string]any{"warning": "rows that cannot be believed are refused; see the signer's log", "validators_refused": suspect.Refused}
	}
	return check
}

// reasonOf is what may be said to everyone.
func reasonOf(err error) string {
	var fault messages.StoreFault
	if errors.As(err, &fault) && fault.Reason != "" {
		return fault.Reason
	}
	return "see the signer's log"
}

// ChamberCheck says whether keys under the master key can sign. A sealed signer leaves the load balancer.
func ChamberCheck(state messages.SealState) Check {
	check := Check{ID: "chamber-check", Down: !state.Signs(), Data: map[string]any{"state": state}}
	if state == "" {
		check.Data = map[string]any{"reason": "the signer state could not be read yet; see the signer's log"}
	}
	return check
}

// upcheck serves GET /upcheck: whether the process answers at all. Nothing limits it.
func (a *API) upcheck(w http.ResponseWriter, r *http.Request, _ string) error {
	contentType, body := typeText, "OK"
	if parseAccept(r.Header).named {
		contentType, body = typeJSON, `{"status":"OK"}`
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write([]byte(body)) // a client that left needs no answer
	return nil
}

// healthcheck serves GET /healthcheck: Web3Signer's tree, with 200 or 503.
func (a *API) healthcheck(w http.ResponseWriter, r *http.Request, _ string) error {
	ctx, cancel := context.WithTimeout(r.Context(), healthTimeout)
	defer cancel()
	self := Check{ID: "default-check"}
	if a.gate.draining() {
		self.Down = true
		self.Data = map[string]any{"reason": "shutting down"}
	}
	root := treeOf(Check{Checks: append([]Check{self}, a.config.Health(ctx).Checks...)})
	root.Outcome = root.Status
	body, err := json.Marshal(root)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", typeJSON)
	if root.Status != up {
		a.config.ObserveError(http.StatusServiceUnavailable)
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write(body)
	return nil
}

// The statuses of the tree.
const (
	up   = "UP"
	down = "DOWN"
)

// tree is a check as it is written. Only the root has an outcome, and it has no id.
type tree struct {
	ID      string         `json:"id,omitempty"`
	Status  string         `json:"status"`
	Data    map[string]any `json:"data,omitempty"`
	Checks  []tree         `json:"checks,omitempty"`
	Outcome string         `json:"outcome,omitempty"`
}

func treeOf(check Check) tree {
	t := tree{ID: check.ID, Status: up, Data: check.Data}
	if check.Down {
		t.Status = down
	}
	for _, part := range check.Checks {
		branch := treeOf(part)
		if branch.Status == down {
			t.Status = down
		}
		t.Checks = append(t.Checks, branch)
	}
	return t
}
