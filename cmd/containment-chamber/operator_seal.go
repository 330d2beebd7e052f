package main

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"containment-chamber/messages"
)

type sealCommand struct {
	AuthToken tokenFlag `placeholder:"TOKEN" help:"Management token: env:NAME or file:PATH; asked for if absent."`
	Reason    string    `placeholder:"TEXT" help:"Why. It stands in the audit stream and in the status."`
}

// Run implements kong's command.
func (c *sealCommand) Run(o *operator) error {
	body, err := json.Marshal(map[string]string{"reason": c.Reason})
	if err != nil {
		return err
	}
	token, err := o.obtain(managementToken(c.AuthToken))
	if err != nil {
		return err
	}
	defer token.Wipe()
	all := each(o.signers, func(_ int, signer string) (*stateReply, error) {
		return ask[stateReply](o, signer, call{method: http.MethodPost, path: "/seal", token: token, body: body})
	})
	o.followSeal(all, token)
	if slices.ContainsFunc(all.Signers, done[stateReply]) {
		all.Next = []step{o.look("when it is to be opened again; this says who can")}
	}
	return tell(o, all, func(w io.Writer, r *stateReply) { r.print(w) })
}

// followSeal looks again at signers that have refused. Where one of their replicas has sealed the chamber, they may have
// followed it before they were asked: then they hold no master key, and cannot check the token. That alone is no proof of
// a seal that lasts, so it counts only when somebody has carried one out.
func (o *operator) followSeal(all answers[stateReply], token messages.Secret) {
	if !slices.ContainsFunc(all.Signers, done[stateReply]) {
		return
	}
	for i, a := range all.Signers {
		if a.Error == nil || a.Error.Status == 0 { // it has not answered
			continue
		}
		_, err := ask[chamberStatus](o, a.Signer, call{method: http.MethodGet, path: "/status", token: token})
		if refusedFor(err, codeSealed) {
			all.Signers[i] = newAnswer(a.Signer, &stateReply{messages.StateSealed}, nil)
		}
	}
}
