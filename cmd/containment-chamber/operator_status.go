package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"containment-chamber/messages"
)

// The reply to GET /api/v1/chamber/status. It is the whole with the management token; without, the signer's own machine
// is told less.
type (
	chamberStatus struct {
		Detail   string             `json:"detail"`
		Version  string             `json:"version"`
		State    messages.SealState `json:"state"`
		Since    time.Time          `json:"since,omitzero"`
		Closing  bool               `json:"closing"`
		Mode     messages.SealMode  `json:"mode"`
		Work     string             `json:"work,omitempty"`
		Trouble  string             `json:"trouble,omitempty"`
		Chamber  string             `json:"chamber_id,omitempty"`
		Record   uint64             `json:"record_version,omitempty"`
		Set      uint64             `json:"generation,omitempty"`
		KMS      kmsStatus          `json:"kms"`
		Quorum   quorumStatus       `json:"quorum"`
		Rotation *quorumStatus      `json:"rotation,omitempty"`
		Sealed   *emergencyStatus   `json:"emergency,omitempty"`
		Consents *consentsStatus    `json:"root_token,omitempty"`
		Manager  string             `json:"management_token,omitempty"`
		Guard    guardStatus        `json:"guard"`
		Keys     map[string]int     `json:"keys,omitempty"`
		Warnings []string           `json:"warnings,omitempty"`
	}
	kmsStatus struct {
		References []string   `json:"references,omitempty"`
		Threshold  int        `json:"threshold"`
		Open       bool       `json:"open"`
		Error      string     `json:"error,omitempty"`
		Attempts   int        `json:"attempts,omitempty"`
		Next       *time.Time `json:"next_attempt,omitempty"`
	}
	quorumStatus struct {
		Operators []operatorStatus `json:"operators"`
		Threshold int              `json:"threshold"`
		Given     int              `json:"given"`
		Expires   *time.Time       `json:"expires,omitempty"`
	}
	operatorStatus struct {
		Name       string `json:"name"`
		Registered bool   `json:"registered"`
		Credential string `json:"credential,omitempty"`
		Given      bool   `json:"given"`
	}
	emergencyStatus struct {
		By         string    `json:"by"`
		Reason     string    `json:"reason"`
		At         time.Time `json:"at"`
		Unrecorded bool      `json:"unrecorded"`
		Error      string    `json:"error,omitempty"`
	}
	consentsStatus struct {
		Operators []string   `json:"operators"`
		Threshold int        `json:"threshold"`
		Expires   *time.Time `json:"expires,omitempty"`
	}
	guardStatus struct {
		Held     bool                  `json:"held"`
		Ceremony string                `json:"ceremony,omitempty"`
		By       string                `json:"by,omitempty"`
		Since    *time.Time            `json:"since,omitempty"`
		Seconds  int                   `json:"held_seconds,omitempty"`
		Breaks   *time.Time            `json:"breaks_at,omitempty"`
		Stuck    bool                  `json:"stuck"`
		Finding  messages.StuckFinding `json:"finding,omitempty"`
		Error    string                `json:"error,omitempty"`
	}
)

// operators returns the names of those who fit.
func (q *quorumStatus) names(fit func(operatorStatus) bool) []string {
	var names []string
	for _, o := range q.Operators {
		if fit(o) {
			names = append(names, o.Name)
		}
	}
	return names
}

func unregistered(o operatorStatus) bool { return !o.Registered }
func missing(o operatorStatus) bool      { return !o.Given }

type statusCommand struct {
	AuthToken tokenFlag `placeholder:"TOKEN" help:"Management token: env:NAME or file:PATH. The signer's own machine is told less without it."`
}

// Run implements kong's command.
func (c *statusCommand) Run(o *operator) error {
	var token messages.Secret
	if c.AuthToken != "" {
		var err error
		if token, err = o.obtain(wanted{flag: "auth-token", from: string(c.AuthToken)}); err != nil {
			return err
		}
		defer token.Wipe()
	}
	all := each(o.signers, func(_ int, signer string) (*chamberStatus, error) { return o.status(signer, token) })
	return o.tellStatus(all, time.Now())
}

// tellStatus reports how chambers stand. now is the time of the reader.
func (o *operator) tellStatus(all answers[chamberStatus], now time.Time) error {
	all.Next = o.next(all)
	several := len(all.Signers) > 1
	return tell(o, all, func(w io.Writer, s *chamberStatus) {
		if several {
			fmt.Fprintln(w)
		}
		s.print(w, now)
		if several {
			fmt.Fprintln(w)
		}
	})
}

// status asks how a chamber stands. The management token is a key of the chamber: while it is not unsealed no signer can
// check it, and tells its own machine what it tells without.
func (o *operator) status(signer string, token messages.Secret) (*chamberStatus, error) {
	what := call{method: http.MethodGet, path: "/status", token: token}
	status, err := ask[chamberStatus](o, signer, what)
	if !refusedFor(err, codeSealed) {
		return status, err
	}
	what.token = messages.Secret{}
	if status, again := ask[chamberStatus](o, signer, what); again == nil {
		return status, nil
	}
	return nil, fmt.Errorf("it is not unsealed, and only its own machine is told more until then: log in there, and leave out --auth-token: %w", err)
}

// What signers refuse with.
const (
	codeSealed       = "sealed"
	codeWrongState   = "wrong_state"
	codeGivenAlready = "given_already"
)

// standing is how a chamber stands, if err is a refusal that says so.
func standing(err error) *chamberStatus {
	var r *refused
	if errors.As(err, &r) {
		return r.Chamber
	}
	return nil
}

// refusedFor reports whether err is the refusal with a code.
func refusedFor(err error, codes ...string) bool {
	var r *refused
	return errors.As(err, &r) && slices.Contains(codes, r.Code)
}
