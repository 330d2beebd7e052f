// Command containment-chamber is an Ethereum consensus-layer remote signer. It wires the packages of this module
// together and is the only one that imports them all: read server.go for the whole program at a glance.
//
// Where to look, beside run.go, which reads the command line:
//
//	server, build, listen, health, reload   the signer: its life, its parts, its ports, how it is
//	store*, trust; state, sealing           its slashing-protection history; its chamber
//	keycache, sealedkeys, canary            its keys
//	logger, logwriter, progress, trace      what it tells
//	dev*                                    "server --dev"
//	operator*; secret, yubikey              "operator", the client of chambers; what it asks people for
//	slashing, rekey, web3signer             "slashing", which works without a signer as keys*, audit do; tool is their frame
//	openchamber, reference                  how they get at what is secret
//
// # Decisions
//
// main does nothing but forbid core dumps and call run, which takes all that a process has as arguments, so that tests run the program as a
// function and as a process alike.
//
// The log never holds up a signature: lines are queued and written by a goroutine, and when nobody reads them they are
// dropped, counted, and told of. Who must not lose a record of a signature sets audit.file: that stream is separate, waits
// briefly rather than losing a record, and shows every gap. The last lines before a kill -9 may be missing from the log.
//
// "operator" is a client of the API like any other, and is trusted with no more: what may be done, the signers decide. It
// checks where secrets would go before it asks for one, takes passphrases from nowhere where others see them, and writes
// nothing of what a signer says that could steer a terminal. It repeats whatever is harmless to repeat, since a command to
// several signers may have reached some.
//
// --dev has no way of its own into the chamber: it asks the guard for the ceremonies that operators hold, with the token
// that the guard shows to whoever reads the log, and encrypts keys as 'keys import' does. The key files and tokens that it
// leaves in its directory are as secret as the devnet keys: not at all.
//
// Flags for configuration keys are made from the list in package config: there is one for every key, with the key's
// name, and none that is not a key.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	// First of all, before anything secret is read.
	if err := forbidDumps(); err != nil {
		fmt.Fprintf(os.Stderr, "containment-chamber: core dumps could not be forbidden: %v\n", err)
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	context.AfterFunc(ctx, cancel) // a second signal ends the process at once
	os.Exit(run(ctx, process{name: os.Args[0], args: os.Args[1:], env: os.Environ(), stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}))
}

// process is what the program has of its surroundings.
type process struct {
	name           string // by which it was called
	args, env      []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

// command is a command of this program as it is typed to a shell.
func (p process) command(words ...string) string {
	all := []string{quoted(or(p.name, "containment-chamber"))}
	for _, word := range words {
		all = append(all, quoted(word))
	}
	return strings.Join(all, " ")
}

// Exit codes (decisions of the product; 70 is EX_SOFTWARE of sysexits.h).
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitFailStop    = 70
)
