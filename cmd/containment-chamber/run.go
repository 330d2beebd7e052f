package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"containment-chamber/config"
)

// commands is the command line.
type commands struct {
	Server   serverCommand   `cmd:"" help:"Run the signer."`
	Operator operatorCommand `cmd:"" help:"Open, seal and look after the chamber of signers that run."`
	Keys     keysCommand     `cmd:"" help:"Work on the keys under the master key, and make key-encryption keys."`
	Slashing slashingCommand `cmd:"" help:"Work on the slashing-protection history: on a SQLite file while no signer runs, on a shared one at any time."`
	Audit    auditCommand    `cmd:"" help:"Work on the files of the audit stream."`
	Version  versionCommand  `cmd:"" help:"Say which version this is."`
}

// job is what every command gets.
type job struct {
	process
	ctx   context.Context
	flags map[string]string
}

// exitError ends the program with a code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// stopped is how kong's own exits (help) leave the parser.
type stopped int

// run parses the command line, runs the command, and returns the exit code.
func run(ctx context.Context, p process) (code int) {
	defer func() {
		if v := recover(); v != nil {
			s, ok := v.(stopped)
			if !ok {
				panic(v)
			}
			code = int(s)
		}
	}()
	var c commands
	j, t := &job{process: p, ctx: ctx}, &tool{}
	all, history := newFlagSet(config.Settings()), newFlagSet(selected(ofHistory))
	importing, listing := newFlagSet(selected(ofImport)), newFlagSet(selected(ofKeys))
	c.Server.Plugins, c.Slashing.Plugins = kong.Plugins{all.values}, kong.Plugins{history.values}
	c.Keys.Import.Plugins, c.Keys.List.Plugins = kong.Plugins{importing.values}, kong.Plugins{listing.values}
	parser, err := kong.New(&c,
		kong.Name("containment-chamber"),
		kong.Description("An Ethereum consensus-layer remote signer with Web3Signer's API."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(code int) { panic(stopped(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars{"signer": defaultSigner},
		kong.Bind(j, t, &operator{job: j, tool: t}),
	)
	if err != nil {
		panic("the command line is declared wrongly") // unreachable: a test parses it
	}
	command, err := parser.Parse(p.args)
	if err != nil {
		fmt.Fprintf(p.stderr, "containment-chamber: %v\nrun '%s --help' for what there is\n", err, understood(err))
		return exitUsage
	}
	j.flags = merged(all.given(), history.given(), importing.given(), listing.given())
	return report(p.stderr, command.Run())
}

// understood is the command line as far as it names commands.
func understood(err error) string {
	words := []string{"containment-chamber"}
	var wrong *kong.ParseError
	if errors.As(err, &wrong) {
		for _, node := range wrong.Context.Path {
			if node.Command != nil {
				words = append(words, node.Command.Name)
			}
		}
	}
	return strings.Join(words, " ")
}

// report prints an error, and says with what to exit.
func report(w io.Writer, err error) int {
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(w, "containment-chamber: %v\n", err)
	var exit *exitError
	var invalid *config.InvalidError
	switch {
	case errors.As(err, &exit):
		return exit.code
	case errors.As(err, &invalid):
		return exitUsage
	}
	return exitFailed
}
