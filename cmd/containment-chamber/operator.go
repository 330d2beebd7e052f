package main

import "time"

// operatorCommand is "containment-chamber operator": a client of signers that run, and nothing more. What is allowed,
// they decide.
type operatorCommand struct {
	Status            statusCommand    `cmd:"" help:"Say how the chamber stands, and what to type next."`
	Init              initCommand      `cmd:"" help:"Make the master key, once in a chamber's life."`
	Register          registerCommand  `cmd:"" help:"Exchange a registration token for a passphrase or a YubiKey."`
	Unseal            unsealCommand    `cmd:"" help:"Give an operator's share of what opens the chamber, or have the key-encryption keys open it."`
	Seal              sealCommand      `cmd:"" help:"Wipe the master key on all replicas, until somebody unseals them on purpose."`
	Rotate            rotateCommand    `cmd:"" help:"Replace what opens the chamber, while it signs."`
	GenerateRootToken rootTokenCommand `cmd:"" help:"Make the management token, which ends the one before."`

	SignerURL            []string      `name:"signer-url" sep:"none" default:"${signer}" placeholder:"URL" help:"Signer to speak to. It may be given several times: status, unseal and seal speak to all, the others to the first, and the rest follow by the signer state. Default: ${signer}."`
	AllowPlaintextSigner bool          `help:"Send secrets in the clear to an http:// URL that is not on this machine."`
	CAFile               string        `name:"ca-file" placeholder:"FILE" help:"Authority that vouches for https:// URLs, as certificates in PEM. Default: those that this machine trusts."`
	Timeout              time.Duration `default:"200s" placeholder:"DURATION" help:"How long to wait for an answer. Default: 200s, which is longer than a ceremony may take."`
	Output               string        `enum:"text,json" default:"text" placeholder:"text|json" help:"Form of the report: text or json."`
}

// defaultSigner is where the signing API listens by default.
const defaultSigner = "http://127.0.0.1:9000"

// operator is what the commands share.
type operator struct {
	*job
	*tool
	*caller
	signers []string
	// What whoever repeats a command has to repeat.
	plaintext bool
	caFile    string
}

// AfterApply implements kong's hook: it checks where secrets would go before any is asked for.
func (o *operatorCommand) AfterApply(shared *operator) error {
	signers, err := addresses(o.SignerURL, o.AllowPlaintextSigner)
	if err != nil {
		return err
	}
	trusted, err := authorities(o.CAFile)
	if err != nil {
		return err
	}
	shared.output, shared.caller, shared.signers = o.Output, newCaller(o.Timeout, trusted), signers
	shared.plaintext, shared.caFile = o.AllowPlaintextSigner, o.CAFile
	return nil
}

// first is the one signer that is spoken to where the others follow.
func (o *operator) first() []string { return o.signers[:1] }

// command is a command as it is typed to speak to signers.
func (o *operator) command(signers []string, words ...string) string {
	all := append([]string{"operator"}, words...)
	if len(signers) > 1 || signers[0] != defaultSigner {
		for _, signer := range signers {
			all = append(all, "--signer-url", signer)
		}
	}
	if o.plaintext {
		all = append(all, "--allow-plaintext-signer")
	}
	if o.caFile != "" {
		all = append(all, "--ca-file", o.caFile)
	}
	return o.process.command(all...)
}
