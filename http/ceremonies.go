package http

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"containment-chamber/messages"
)

const (
	maxName      = 64   // of an operator, in bytes
	maxReason    = 500  // of a seal, in bytes
	maxReference = 2048 // of a key-encryption key, in bytes
	yubiKeySize  = 20   // of a response: HMAC-SHA1
)

// Who asks, where no name and no token says so.
const bySetupToken = "setup token"

// byAddress is the address that a request comes from; that of the connection, with its port, unless a proxy vouches for
// another.
func (c *chamber) byAddress(r *http.Request) string {
	caller, err := c.layer.proxies.caller(r)
	if peer, _ := parseAddress(r.RemoteAddr); err != nil || caller == peer {
		return "address " + r.RemoteAddr
	}
	return "address " + caller.String()
}

// planOf reads what is to open the chamber.
func planOf(body []byte) (messages.KeyPlan, error) {
	var p messages.KeyPlan
	err := members{
		"kms_keys": texts(&p.KMS, maxReference), "kms_threshold": whole(&p.KMSThreshold),
		"operators": texts(&p.Operators, maxName), "quorum_threshold": whole(&p.Quorum),
		"allow_single_operator": flag(&p.AllowSingleOperator),
	}.read(body)
	return p, err
}

// proof is an operator's credential, as far as one was sent.
type proof struct {
	operator   string
	credential messages.Credential
}

func (p *proof) members() members {
	return members{
		"operator":         text(&p.operator, maxName),
		"passphrase":       secret(&p.credential.Passphrase),
		"yubikey_response": secretHex(&p.credential.YubiKeyResponse, yubiKeySize),
	}
}

// none reports whether nothing of it was sent.
func (p *proof) none() bool {
	return p.operator == "" && p.credential.Passphrase.Empty() && p.credential.YubiKeyResponse.Empty()
}

// check refuses all but a name and one of the two.
func (p *proof) check() error {
	if p.operator == "" || p.credential.Passphrase.Empty() == p.credential.YubiKeyResponse.Empty() {
		return fmt.Errorf("%w: body: want operator, and either passphrase or yubikey_response", messages.ErrMalformed)
	}
	return nil
}

// proofOf reads a credential that must be there, and other names beside it.
func proofOf(body []byte) (p proof, err error) {
	if err = p.members().read(body); err == nil {
		err = p.check()
	}
	if err != nil {
		p.credential.Wipe()
	}
	return p, err
}

func (c *chamber) initialize(_ context.Context, r *http.Request, body []byte) (messages.PerformCeremony, error) {
	plan, err := planOf(body)
	if err != nil {
		return messages.PerformCeremony{}, err
	}
	token, err := tokenOf(r.Header)
	return messages.PerformCeremony{By: bySetupToken, Ceremony: messages.InitializeChamber{SetupToken: token, Plan: plan}}, err
}

func (c *chamber) register(_ context.Context, r *http.Request, body []byte) (messages.PerformCeremony, error) {
	p, err := proofOf(body)
	if err != nil {
		return messages.PerformCeremony{}, err
	}
	token, err := tokenOf(r.Header)
	if err != nil {
		p.credential.Wipe()
		return messages.PerformCeremony{}, err
	}
	return messages.PerformCeremony{By: p.operator, Ceremony: messages.RegisterOperator{Operator: p.operator, Token: token, Credential: p.credential}}, nil
}

// unseal takes a share. To open by key-encryption keys needs no credential, so that the address has to vouch.
func (c *chamber) unseal(_ context.Context, r *http.Request, body []byte) (messages.PerformCeremony, error) {
	var p proof
	var byKMS bool
	names := p.members()
	names["kms"] = flag(&byKMS)
	err := names.read(body)
	switch {
	case err != nil:
	case byKMS && !p.none():
		err = fmt.Errorf("%w: body: kms: a credential beside it has no meaning", messages.ErrMalformed)
	case byKMS && !c.layer.vouchesFor(r):
		err = fmt.Errorf("%w: to open by key-encryption keys, call from the signer's own machine or from an address that %s names", messages.ErrForbidden, c.layer.setting)
	case byKMS:
		return messages.PerformCeremony{By: c.byAddress(r), Ceremony: messages.UnsealByKMS{}}, nil
	default:
		err = p.check()
	}
	if err != nil {
		p.credential.Wipe()
		return messages.PerformCeremony{}, err
	}
	return messages.PerformCeremony{By: p.operator, Ceremony: messages.SubmitShare{Operator: p.operator, Credential: p.credential}}, nil
}

func seal(by principal) reading {
	return func(_ context.Context, _ *http.Request, body []byte) (messages.PerformCeremony, error) {
		var m messages.SealChamber
		err := members{"reason": text(&m.Reason, maxReason)}.read(body)
		return messages.PerformCeremony{By: by.id, Ceremony: m}, err
	}
}

func rotateKMS(p messages.KeyPlan) messages.Ceremony    { return messages.RotateKMS{Plan: p} }
func rotateQuorum(p messages.KeyPlan) messages.Ceremony { return messages.RotateQuorum{Plan: p} }
func rotateMode(p messages.KeyPlan) messages.Ceremony   { return messages.RotateMode{Plan: p} }

func rotate(to func(messages.KeyPlan) messages.Ceremony) func(principal) reading {
	return func(by principal) reading {
		return func(_ context.Context, _ *http.Request, body []byte) (messages.PerformCeremony, error) {
			plan, err := planOf(body)
			return messages.PerformCeremony{By: by.id, Ceremony: to(plan)}, err
		}
	}
}

// abort takes the management token, or, where there can be none yet, the setup token, which the guard checks.
func (c *chamber) abort(ctx context.Context, r *http.Request, body []byte) (messages.PerformCeremony, error) {
	if err := (members{}).read(body); err != nil {
		return messages.PerformCeremony{}, err
	}
	status, err := c.config.Status(ctx, messages.GetSealStatus{})
	if err != nil {
		return messages.PerformCeremony{}, err
	}
	if status.State == messages.StateAwaitingRegistration {
		token, err := tokenOf(r.Header)
		return messages.PerformCeremony{By: bySetupToken, Ceremony: messages.AbortRotation{SetupToken: token}}, err
	}
	manager, err := c.authorize(ctx, r, scopeRotate)
	return messages.PerformCeremony{By: manager.id, Ceremony: messages.AbortRotation{}}, err
}

// rootToken takes an operator's consent, a one-time code, or the wish for one.
func (c *chamber) rootToken(_ context.Context, r *http.Request, body []byte) (messages.PerformCeremony, error) {
	var p proof
	var code messages.Secret
	names := p.members()
	names["code"] = secret(&code)
	err := names.read(body)
	if err == nil && !p.none() {
		if err = p.check(); err == nil && !code.Empty() {
			err = fmt.Errorf("%w: body: code: it has no meaning beside an operator", messages.ErrMalformed)
		}
	}
	m := messages.GenerateRootToken{Operator: p.operator, Credential: p.credential, Code: code}
	if err != nil {
		m.Wipe()
		return messages.PerformCeremony{}, err
	}
	by := p.operator
	if by == "" {
		by = c.byAddress(r)
	}
	return messages.PerformCeremony{By: by, Ceremony: m}, nil
}

// challenge serves GET …/challenge/{operator}.
func (c *chamber) challenge(w http.ResponseWriter, r *http.Request, _ string) error {
	if err := c.layer.admit(r); err != nil {
		return err
	}
	registering := false
	if asked := r.URL.Query().Get("registering"); asked != "" {
		var err error
		if registering, err = strconv.ParseBool(asked); err != nil {
			return fmt.Errorf("%w: registering: want true or false", messages.ErrMalformed)
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), c.requestTimeout)
	defer cancel()
	challenge, err := c.config.Challenge(ctx, messages.GetChallenge{Operator: r.PathValue("operator"), Registering: registering})
	if err != nil {
		return err
	}
	body, _ := json.Marshal(map[string]string{"challenge": hex.EncodeToString(challenge.Bytes)}) // strings always marshal
	w.Header().Set("Content-Type", typeJSON)
	_, _ = w.Write(body) // a client that left needs no answer
	return nil
}
