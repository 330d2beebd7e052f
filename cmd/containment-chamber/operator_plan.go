package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"

	"containment-chamber/messages"
)

// keyFlags are the key-encryption keys that are to open a chamber.
type keyFlags struct {
	KmsKeyArns   []string `sep:"," placeholder:"KEY" help:"Key-encryption keys: ARNs of AWS KMS, or file:PATH on the signer's machine."`
	KmsThreshold int      `placeholder:"N" help:"How many of them it takes."`
}

// quorumFlags are the operators who are to open a chamber.
type quorumFlags struct {
	Operators           []string `sep:"," placeholder:"NAME" help:"Operators. Names are of a-z, 0-9, dot, underscore and hyphen."`
	QuorumThreshold     int      `placeholder:"N" help:"How many of them it takes."`
	AllowSingleOperator bool     `help:"Allow a threshold of 1, with which each operator alone opens the chamber."`
}

// keyPlan is the body of init and rotate.
type keyPlan struct {
	KMSKeys             []string `json:"kms_keys,omitempty"`
	KMSThreshold        int      `json:"kms_threshold,omitempty"`
	Operators           []string `json:"operators,omitempty"`
	QuorumThreshold     int      `json:"quorum_threshold,omitempty"`
	AllowSingleOperator bool     `json:"allow_single_operator,omitempty"`
}

func newPlan(k keyFlags, q quorumFlags) keyPlan {
	return keyPlan{k.KmsKeyArns, k.KmsThreshold, q.Operators, q.QuorumThreshold, q.AllowSingleOperator}
}

// check finds what is missing before a token is asked for. All else is the signer's to refuse.
func (p keyPlan) check() error {
	err := func(text string) error { return &exitError{exitUsage, errors.New(text)} }
	switch {
	case len(p.KMSKeys) == 0 && len(p.Operators) == 0:
		return err("name what is to open the chamber: --kms-key-arns, --operators, or both")
	case len(p.KMSKeys) > 0 && p.KMSThreshold == 0:
		return err("--kms-threshold: say how many of --kms-key-arns it takes")
	case len(p.Operators) > 0 && p.QuorumThreshold == 0:
		return err("--quorum-threshold: say how many of --operators it takes")
	}
	return nil
}

// planned is the reply to init and rotate.
type planned struct {
	State  messages.SealState `json:"state"`
	Tokens map[string]shown   `json:"registration_tokens"`
}

// shown is a token that is printed: it is the user's from then on.
type shown []byte

// UnmarshalJSON implements json.Unmarshaler. No token needs an escape.
func (s *shown) UnmarshalJSON(text []byte) error {
	plain := func(b byte) bool { return b > ' ' && b < 0x7f && b != '"' && b != '\\' }
	if n := len(text); n < 2 || text[0] != '"' || slices.ContainsFunc(text[1:n-1], func(b byte) bool { return !plain(b) }) {
		return errors.New("this is no token")
	}
	*s = append(shown(nil), text[1:len(text)-1]...)
	return nil
}

// MarshalJSON implements json.Marshaler.
func (s shown) MarshalJSON() ([]byte, error) { return appendString(nil, s), nil } //nolint:unparam // json wants it so

// plan has a signer carry out a plan, and tells whose turn it is.
func (o *operator) plan(path string, p keyPlan, token wanted) error {
	if err := p.check(); err != nil {
		return err
	}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	secret, err := o.obtain(token)
	if err != nil {
		return err
	}
	defer secret.Wipe()
	all := each(o.first(), func(_ int, signer string) (*planned, error) {
		return ask[planned](o, signer, call{method: http.MethodPost, path: path, token: secret, body: body})
	})
	if reply := all.Signers[0].Reply; reply != nil {
		for _, name := range slices.Sorted(maps.Keys(reply.Tokens)) {
			defer clear(reply.Tokens[name])
			all.Next = append(all.Next, o.registration(name, reply.Tokens[name]))
		}
	}
	return tell(o, all, func(w io.Writer, r *planned) {
		fmt.Fprintf(w, "done: the chamber is %s\n", printable(string(r.State)))
		if len(r.Tokens) > 0 {
			fmt.Fprint(w, "\nThe registration tokens below are shown this once. Give each to its operator and to nobody else, by a way that\n"+
				"you would trust with a password. When all have registered, they are worth nothing.\n")
		}
	})
}
