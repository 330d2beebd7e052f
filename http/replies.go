package http

import (
	"encoding/json"
	"time"

	"containment-chamber/messages"
)

func replyState(o messages.CeremonyOutcome) []byte {
	return encode(struct {
		State messages.SealState `json:"state"`
	}{o.Status.State})
}

func replyRegistered(o messages.CeremonyOutcome) []byte {
	quorum := o.Status.Quorum
	if len(o.Status.Rotation.Operators) > 0 {
		quorum = o.Status.Rotation
	}
	return encode(struct {
		State     messages.SealState `json:"state"`
		Remaining []string           `json:"remaining"`
	}{o.Status.State, names(quorum.Operators, func(o messages.OperatorStatus) bool { return !o.Registered })})
}

func replyUnsealed(o messages.CeremonyOutcome) []byte {
	missing := []string{}
	if !o.Status.State.Signs() {
		missing = names(o.Status.Quorum.Operators, func(o messages.OperatorStatus) bool { return !o.Given })
	}
	return encode(struct {
		State     messages.SealState `json:"state"`
		Shares    int                `json:"shares"`
		Threshold int                `json:"threshold"`
		Missing   []string           `json:"missing"`
	}{o.Status.State, o.Status.Quorum.Given, o.Status.Quorum.Threshold, missing})
}

// names lists the operators for whom want holds. It is never nil.
func names(operators []messages.OperatorStatus, want func(messages.OperatorStatus) bool) []string {
	found := []string{}
	for _, operator := range operators {
		if want(operator) {
			found = append(found, operator.Name)
		}
	}
	return found
}

func replyPlanned(o messages.CeremonyOutcome) []byte {
	size := 100
	for _, t := range o.RegistrationTokens {
		size += quotedSize(t.Token) + 6*len(t.Operator) + 4
	}
	reply := append(make([]byte, 0, size), `{"state":`...)
	reply = append(append(reply, encode(o.Status.State)...), `,"registration_tokens":{`...)
	for i, t := range o.RegistrationTokens {
		if i > 0 {
			reply = append(reply, ',')
		}
		reply = append(append(reply, encode(t.Operator)...), ':')
		reply = appendSecret(reply, t.Token)
	}
	return append(reply, "}}"...)
}

// consented is consents as the reply has it.
type consented struct {
	Operators []string  `json:"consents"`
	Threshold int       `json:"threshold"`
	Expires   time.Time `json:"expires,omitzero"`
}

func replyRootToken(o messages.CeremonyOutcome) []byte {
	switch {
	case o.CodeShown:
		return []byte(`{"code_shown":true}`)
	case o.RootToken.Empty():
		return encode(consented(consentsOf(o.Status.RootToken)))
	}
	reply := append(make([]byte, 0, 20+quotedSize(o.RootToken)), `{"token":`...)
	return append(appendSecret(reply, o.RootToken), '}')
}

// encode is json.Marshal for what always marshals: structs of texts, numbers and times.
func encode(v any) []byte {
	text, _ := json.Marshal(v)
	return text
}

// quotedSize is how long a secret is at most as a JSON string.
func quotedSize(s messages.Secret) (size int) {
	s.Use(func(b []byte) { size = 2 + 6*len(b) })
	return size
}

// appendSecret appends a secret as a JSON string. There must be room for it in dst: a slice that grows leaves a copy.
func appendSecret(dst []byte, s messages.Secret) []byte {
	const digits = "0123456789abcdef"
	dst = append(dst, '"')
	s.Use(func(b []byte) {
		for _, c := range b {
			if c < ' ' || c == '"' || c == '\\' {
				dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			} else {
				dst = append(dst, c)
			}
		}
	})
	return append(dst, '"')
}
