package main_test

import (
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs testdata/script. Beside the commands of testscript there are: "serve ARGS", which starts a server and
// waits until it is ready ($API, $METRICS, $API_PORT); "fetch URL", whose standard output is what the server answers;
// "halt", which ends the server and writes its log to standard output; "exits CODE ARGS", which runs the program; and
// "chamber NAME", which starts a stand-in for a signer with a chamber, whose URL is $NAME.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Values[running{}] = new(running)
			env.Setenv("A", devKey(0))
			env.Setenv("B", devKey(1))
			env.Setenv("NOBODY", "0x"+strings.Repeat("ab", 48))
			env.Setenv("HOODI", hoodiRoot)
			env.Setenv("GORACE", "atexit_sleep_ms=10") // the race detector holds up each exit for a second otherwise
			ceremonyVariables(env)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serve": serve, "fetch": fetch, "halt": halt, "exits": exits, "chamber": newLawyer(t).chamber},
	})
}

// running is the server of one script.
type running struct{ *process }

func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("use ! exec for a server that must not start")
	}
	p, err := launch(ts.MkAbs("."), args...)
	ts.Check(err)
	ts.Defer(p.kill)
	ts.Value(running{}).(*running).process = p
	ts.Setenv("API", p.api)
	ts.Setenv("METRICS", p.metrics)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(p.api, "http://"))
	ts.Check(err)
	ts.Setenv("API_PORT", port)
}

func fetch(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fetch URL")
	}
	r, err := ts.Value(running{}).(*running).send("GET", args[0], "")
	ts.Check(err)
	_, err = ts.Stdout().Write([]byte(r.body))
	ts.Check(err)
}

func halt(ts *testscript.TestScript, neg bool, _ []string) {
	p := ts.Value(running{}).(*running).process
	ts.Check(p.command.Process.Signal(syscall.SIGTERM))
	code, err := p.end()
	ts.Check(err)
	if neg || code != 0 {
		ts.Fatalf("exit code %d", code)
	}
	_, err = ts.Stdout().Write([]byte(strings.Join(p.log, "\n")))
	ts.Check(err)
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: exits CODE ARGS")
	}
	code := "0"
	var failed *exec.ExitError
	if err := ts.Exec(name, args[1:]...); errors.As(err, &failed) {
		code = strconv.Itoa(failed.ExitCode())
	} else {
		ts.Check(err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}
