package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

type rootTokenCommand struct {
	Operator string `xor:"who" placeholder:"NAME" help:"With a quorum: who consents. As many have to as open the chamber, each with a call of this command to the same signer."`
	credentialFlags
	Code tokenFlag `xor:"who,credential" placeholder:"CODE" help:"Without a quorum: the one-time code that a call without it has the signer write to its log: env:NAME or file:PATH; asked for if absent."`
	Out  string    `placeholder:"FILE" help:"Write the token to this file, which only its owner may read, and do not show it. A file that is there is replaced, once there is a token."`
}

// rootToken is the reply to root-token: the token, or how far it is.
type rootToken struct {
	Token     shown      `json:"token,omitempty"`
	File      string     `json:"file,omitempty"` // where the token was written instead
	Consents  []string   `json:"consents,omitempty"`
	Threshold int        `json:"threshold,omitempty"`
	Expires   *time.Time `json:"expires,omitempty"`
	CodeShown bool       `json:"code_shown,omitempty"`
}

// Run implements kong's command.
func (c *rootTokenCommand) Run(o *operator) error {
	proof, err := c.proof(o)
	if err != nil {
		return err
	}
	defer clear(proof)
	file, err := newSecretFile(c.Out) // before there is a token that could be lost
	if err != nil {
		return fmt.Errorf("--out: %w; nothing was sent", err)
	}
	defer file.discard()
	all := o.askRootToken(proof)
	var unwritten error
	if reply := all.Signers[0].Reply; reply != nil {
		defer clear(reply.Token)
		unwritten = reply.write(file, c.Out)
		all.Next = o.nextConsent(reply)
	}
	return errors.Join(tell(o, all, func(w io.Writer, r *rootToken) { r.print(w, o.stderr) }), unwritten)
}

// write puts a token into a file, if there are both. A token that cannot be written is shown.
func (r *rootToken) write(file *secretFile, path string) error {
	if file == nil || len(r.Token) == 0 {
		return nil
	}
	if err := file.keep(r.Token); err != nil {
		return fmt.Errorf("--out: the token was shown instead: %w", err)
	}
	clear(r.Token)
	r.Token, r.File = nil, path
	return nil
}

// nextConsent is whose turn it is.
func (o *operator) nextConsent(r *rootToken) []step {
	left := r.Threshold - len(r.Consents)
	if left <= 0 {
		return nil
	}
	return []step{{Why: "another operator consents likewise; " + enough(left), Command: o.command(o.first(), "generate-root-token", "--operator", "NAME")}}
}

func (o *operator) askRootToken(body []byte) answers[rootToken] {
	return each(o.first(), func(_ int, signer string) (*rootToken, error) {
		return ask[rootToken](o, signer, call{method: http.MethodPost, path: "/root-token", body: body})
	})
}

// proof is the body that gets the token, or brings it nearer.
func (c *rootTokenCommand) proof(o *operator) ([]byte, error) {
	if c.Operator != "" {
		credential, err := o.credential(c.credentialFlags, c.Operator, false)
		if err != nil {
			return nil, err
		}
		defer credential.wipe()
		return credential.body(o, o.signers[0], false)
	}
	if c.Code == "" {
		if err := o.askRootToken([]byte("{}")).worst(); err != nil {
			return nil, err
		}
		fmt.Fprintln(o.stderr, "The signer has written a one-time code to its log. (With a quorum, begin again with --operator.)")
	}
	code, err := o.obtain(wanted{flag: "code", from: string(c.Code), prompt: "One-time code"})
	if err != nil {
		return nil, err
	}
	defer code.Wipe()
	return secretBody("code", code), nil
}

// print writes nothing but the token to w, so that a program can read it.
func (r *rootToken) print(w, stderr io.Writer) {
	switch {
	case r.File != "":
		fmt.Fprintf(w, "done: the management token is in %s; the one before is worth nothing any more\n", r.File)
	case len(r.Token) > 0:
		fmt.Fprintln(stderr, "The management token follows; this is the only time that it is shown. The one before is worth nothing any more.")
		fmt.Fprintf(w, "%s\n", r.Token)
	default:
		fmt.Fprintln(w, printable(fmt.Sprintf("done: %d of %d have consented: %s", len(r.Consents), r.Threshold, strings.Join(r.Consents, ", "))))
	}
}
