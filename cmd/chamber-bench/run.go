package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Load loadCommand `cmd:"" default:"withargs" help:"Put a signer under load (the default)."`
	Keys keysCommand `cmd:"" help:"Write the key file that a signer under --url must have."`
}

// terminal is where the program writes.
type terminal struct{ stdout, stderr io.Writer }

// Exit codes: the same as those of containment-chamber.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUsage marks what is wrong with the command line.
var errUsage = errors.New("usage")

// stopped is how kong's own exits (help) leave the parser.
type stopped int

// run parses the command line, runs the command, and returns the exit code.
func run(ctx context.Context, args []string, t terminal) (code int) {
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
	parser, err := kong.New(&c,
		kong.Name("chamber-bench"),
		kong.Description("A load generator and benchmark for remote signers with Web3Signer's API."),
		kong.Writers(t.stdout, t.stderr),
		kong.Exit(func(code int) { panic(stopped(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
	)
	if err != nil {
		panic("the command line is declared wrongly") // unreachable: a test parses it
	}
	selected, err := parser.Parse(args)
	if err != nil {
		err = fmt.Errorf("%w: %w; see --help", errUsage, err)
	} else {
		err = selected.Run()
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errUsage):
		code = exitUsage
	default:
		code = exitFailed
	}
	fmt.Fprintf(t.stderr, "chamber-bench: %v\n", err)
	return code
}
