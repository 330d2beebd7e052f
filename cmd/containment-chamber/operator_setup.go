package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"containment-chamber/messages"
)

type (
	initCommand struct {
		SetupToken tokenFlag `placeholder:"TOKEN" help:"Setup token, which the signer writes to its log: env:NAME or file:PATH; asked for if absent."`
		keyFlags
		quorumFlags
	}
	rotateCommand struct {
		Kms    rotateKMSCommand    `cmd:"" help:"Replace the key-encryption keys."`
		Quorum rotateQuorumCommand `cmd:"" help:"Replace the operators, and the key-encryption keys if there are new ones."`
		Mode   rotateModeCommand   `cmd:"" help:"Replace everything: the keys and operators that are named open the chamber from then on, and nothing else does."`
		Abort  abortCommand        `cmd:"" help:"Give up the quorum that is to come; while the first operators register, undo the initialisation."`
	}
	rotateKMSCommand struct {
		AuthToken tokenFlag `placeholder:"TOKEN" help:"Management token: env:NAME or file:PATH; asked for if absent."`
		keyFlags
	}
	rotateQuorumCommand struct {
		AuthToken tokenFlag `placeholder:"TOKEN" help:"Management token: env:NAME or file:PATH; asked for if absent."`
		keyFlags
		quorumFlags
	}
	rotateModeCommand struct{ rotateQuorumCommand }
	abortCommand      struct {
		AuthToken  tokenFlag `xor:"token" placeholder:"TOKEN" help:"Management token: env:NAME or file:PATH; asked for if both are absent."`
		SetupToken tokenFlag `xor:"token" placeholder:"TOKEN" help:"Setup token, while the first operators register."`
	}
	registerCommand struct {
		Operator          string    `required:"" placeholder:"NAME" help:"Who registers."`
		RegistrationToken tokenFlag `placeholder:"TOKEN" help:"Registration token, as init or rotate has shown it: env:NAME or file:PATH; asked for if absent."`
		credentialFlags
	}
)

func setupToken(f tokenFlag) wanted {
	return wanted{flag: "setup-token", from: string(f), prompt: "Setup token"}
}

func managementToken(f tokenFlag) wanted {
	return wanted{flag: "auth-token", from: string(f), prompt: "Management token"}
}

// Run implements kong's command.
func (c *initCommand) Run(o *operator) error {
	return o.plan("/init", newPlan(c.keyFlags, c.quorumFlags), setupToken(c.SetupToken))
}

// Run implements kong's command.
func (c *rotateKMSCommand) Run(o *operator) error {
	return o.plan("/rotate/kms", newPlan(c.keyFlags, quorumFlags{}), managementToken(c.AuthToken))
}

// Run implements kong's command.
func (c *rotateQuorumCommand) Run(o *operator) error {
	return o.plan("/rotate/quorum", newPlan(c.keyFlags, c.quorumFlags), managementToken(c.AuthToken))
}

// Run implements kong's command.
func (c *rotateModeCommand) Run(o *operator) error {
	return o.plan("/rotate/mode", newPlan(c.keyFlags, c.quorumFlags), managementToken(c.AuthToken))
}

// stateReply is the reply to seal and abort.
type stateReply struct {
	State messages.SealState `json:"state"`
}

func (s *stateReply) print(w io.Writer) {
	fmt.Fprintf(w, "done: the chamber is %s\n", printable(string(s.State)))
}

// Run implements kong's command.
func (c *abortCommand) Run(o *operator) error {
	w := managementToken(c.AuthToken)
	w.prompt = "Management token, or setup token while the first operators register"
	if c.SetupToken != "" {
		w = setupToken(c.SetupToken)
	}
	token, err := o.obtain(w)
	if err != nil {
		return err
	}
	defer token.Wipe()
	all := each(o.first(), func(_ int, signer string) (*stateReply, error) {
		return ask[stateReply](o, signer, call{method: http.MethodDelete, path: "/rotate", token: token})
	})
	return tell(o, all, func(w io.Writer, r *stateReply) { r.print(w) })
}

// registered is the reply to register.
type registered struct {
	State     messages.SealState `json:"state"`
	Remaining []string           `json:"remaining"`
}

// Run implements kong's command.
func (c *registerCommand) Run(o *operator) error {
	token, err := o.obtain(wanted{flag: "registration-token", from: string(c.RegistrationToken), prompt: "Registration token of " + printable(c.Operator)})
	if err != nil {
		return err
	}
	defer token.Wipe()
	credential, err := o.credential(c.credentialFlags, c.Operator, true)
	if err != nil {
		return err
	}
	defer credential.wipe()
	all := each(o.first(), func(_ int, signer string) (*registered, error) {
		body, err := credential.body(o, signer, true)
		if err != nil {
			return nil, err
		}
		defer clear(body)
		return ask[registered](o, signer, call{method: http.MethodPost, path: "/register", token: token, body: body})
	})
	if reply := all.Signers[0].Reply; reply != nil {
		for _, name := range reply.Remaining {
			all.Next = append(all.Next, o.registration(name, nil))
		}
		if len(reply.Remaining) == 0 && !reply.State.Signs() {
			all.Next = []step{o.look("as many operators as it takes open it now; this says who")}
		}
	}
	return tell(o, all, func(w io.Writer, r *registered) { r.print(w, c.Operator) })
}

func (r *registered) print(w io.Writer, operator string) {
	fmt.Fprintf(w, "done: %s is registered; the registration token is worth nothing any more\n", printable(operator))
	if len(r.Remaining) > 0 {
		fmt.Fprintf(w, "missing: %s\n", printable(strings.Join(r.Remaining, ", ")))
		return
	}
	fmt.Fprintf(w, "all operators are registered: the chamber is %s\n", printable(string(r.State)))
}
