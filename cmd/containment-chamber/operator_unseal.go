package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"containment-chamber/messages"
)

type unsealCommand struct {
	Operator string `xor:"who" placeholder:"NAME" help:"Who gives the share."`
	Kms      bool   `name:"kms" xor:"who,credential" help:"Have the key-encryption keys open the chamber, after a seal or before the next attempt. On the signer's own machine, unless chamber.ceremony.allowed_cidrs names others."`
	credentialFlags
}

// unsealed is the reply to unseal.
type unsealed struct {
	State     messages.SealState `json:"state"`
	Shares    int                `json:"shares"`
	Threshold int                `json:"threshold"`
	Missing   []string           `json:"missing"`
	// Before says that there was nothing to do: it was done before.
	Before bool `json:"done_before,omitempty"`
}

// prepared is the body for one signer, or why there is none.
type prepared struct {
	body []byte
	err  error
}

// Run implements kong's command.
func (c *unsealCommand) Run(o *operator) error {
	if c.Operator == "" && !c.Kms {
		return &exitError{exitUsage, errors.New("name who gives a share with --operator, or have the key-encryption keys open the chamber with --kms")}
	}
	requests := make([]prepared, len(o.signers))
	if c.Kms {
		for i := range requests {
			requests[i].body = []byte(`{"kms":true}`)
		}
	} else {
		credential, err := o.credential(c.credentialFlags, c.Operator, false)
		if err != nil {
			return err
		}
		defer credential.wipe()
		for i, signer := range o.signers { // one after the other: there is one YubiKey
			requests[i].body, requests[i].err = credential.body(o, signer, false)
			defer clear(requests[i].body)
		}
	}
	all := each(o.signers, func(i int, signer string) (*unsealed, error) {
		if err := requests[i].err; err != nil {
			return nil, err
		}
		reply, err := ask[unsealed](o, signer, call{method: http.MethodPost, path: "/unseal", body: requests[i].body})
		if refusedFor(err, codeGivenAlready, codeWrongState) {
			return o.unsealedBefore(signer, err)
		}
		return reply, err
	})
	all.Next = o.nextShares(all)
	return tell(o, all, func(w io.Writer, u *unsealed) { u.print(w) })
}

// unsealedBefore finds that a refusal means that all is well: an operator whom not all signers have heard says it again
// to all of them.
func (o *operator) unsealedBefore(signer string, err error) (*unsealed, error) {
	given := refusedFor(err, codeGivenAlready)
	status := standing(err)
	if status == nil {
		status, _ = o.status(signer, messages.Secret{})
	}
	switch {
	case status != nil && (given || status.State.Signs()):
		q := &status.Quorum
		return &unsealed{State: status.State, Shares: q.Given, Threshold: q.Threshold, Missing: q.names(missing), Before: true}, nil
	case given:
		return &unsealed{Before: true}, nil
	}
	return nil, err
}

func (u *unsealed) print(w io.Writer) {
	done := "done"
	if u.Before {
		done = "done before"
	}
	if u.State != "" {
		done += ": the chamber is " + string(u.State)
	}
	if u.Threshold > 0 && !u.State.Signs() {
		done += fmt.Sprintf(", with %d of %d shares", u.Shares, u.Threshold)
		if len(u.Missing) > 0 {
			done += "; missing: " + strings.Join(u.Missing, ", ")
		}
	}
	fmt.Fprintln(w, printable(done))
}

// nextShares is whose turn it is.
func (o *operator) nextShares(all answers[unsealed]) []step {
	var q quorumStatus // of all signers: who is missing at one of them is missing
	for _, a := range all.Signers {
		if a.err != nil || a.Reply.State.Signs() {
			continue
		}
		q.Threshold = max(q.Threshold, a.Reply.Threshold-a.Reply.Shares)
		for _, name := range a.Reply.Missing {
			if !slices.Contains(q.names(missing), name) {
				q.Operators = append(q.Operators, operatorStatus{Name: name})
			}
		}
	}
	return o.shares(&q)
}
