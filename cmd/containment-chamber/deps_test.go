package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	module = "containment-chamber/"
	engine = "github.com/asynkron/protoactor-go/"
	binary = "cmd/containment-chamber"

	// neutral are the packages that owners share: memory for secrets, encryption at rest, files that survive, files of SQLite,
	// databases of PostgreSQL.
	neutral = `actors/secmem|actors/box|actors/durable|actors/sqlitefile|actors/postgresdb`
)

// law says what the packages that fit from may import of this module. Groups of from are known to its other patterns.
type law struct {
	from, may, testsToo, why string
}

// laws are read from the top: the first that fits a package is its law.
var laws = []law{
	{`messages`, ``, ``, "messages is the ground that everything stands on"},
	{`config`, ``, ``, "configuration is data: whoever needs it is handed it by cmd"},
	{`http|telemetry`, `messages`, `telemetry/collectortest`, "it is handed plain functions and events, so that it is tested without any actor"},
	{`telemetry/collectortest`, ``, ``, "a stand-in for somebody else's program knows nothing of ours"},
	{`actors`, `messages`, `actors/actorstest`, "the kit knows no actor that is made with it"},
	{`actors/actorstest`, `messages|actors`, ``, "the kit for tests knows no actor that is tested with it"},
	{neutral, ``, ``, "what serves every owner knows none"},
	{`actors/storetest(/.+)?`, `actors/storetest`, ``, "servers for tests serve every owner, and know none"},
	{`actors/state(/.+)?`, `messages|actors/state(/.+)?|` + neutral, ``, "the signer state is no actor: whoever keeps something in it is handed it by cmd"},
	{`actors/chamber`, `messages|actors|actors/\w+`, `actors/.+`, "the root starts the owners; what is beneath them is theirs"},
	{`actors/signing`, `messages|actors|actors/signing/.+|actors/keys/bls|` + neutral, `actors/actorstest|actors/slashing(/.+)?`,
		"signing signs with bls, and asks everything else through messages"},
	{`actors/(\w+)`, `messages|actors|actors/$1/.+|` + neutral, `actors/actorstest`, "owners talk through messages: an actor that imports another is not replaced or tested alone"},
	{`actors/(\w+)/.+`, `messages|actors/$1/.+|` + neutral, ``, "a leaf is pure domain: offline tools import it, and tests need no actor"},
	{`cmd/.+`, `.+`, ``, ""},
}

// allows says whether the law lets one package import another.
func (l law) allows(from, to string, test bool) bool {
	may := l.may
	if test {
		may += "|" + l.testsToo + "|" + regexp.QuoteMeta(from) + "|actors/storetest(/.+)?"
	}
	pattern := whole(l.from).ReplaceAllString(from, may)
	return whole(pattern).MatchString(to)
}

func whole(pattern string) *regexp.Regexp { return regexp.MustCompile("^(?:" + pattern + ")$") }

func lawOf(name string) (law, bool) {
	i := slices.IndexFunc(laws, func(l law) bool { return whole(l.from).MatchString(name) })
	if i < 0 {
		return law{}, false
	}
	return laws[i], true
}

// listed is a package as the go command describes it.
type listed struct {
	ImportPath                         string
	Standard                           bool
	Module                             *struct{ Path string }
	Imports, TestImports, XTestImports []string
	Deps                               []string
}

func (p listed) name() string { return strings.TrimPrefix(p.ImportPath, module) }
func (p listed) ours() bool   { return strings.HasPrefix(p.ImportPath, module) }

// packages lists this module's packages and all that they are made of, the same on every machine.
func packages(t *testing.T) map[string]listed {
	t.Helper()
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var list = sync.OnceValues(func() (map[string]listed, error) {
	cmd := exec.Command("go", "list", "-deps", "-json=ImportPath,Standard,Module,Imports,TestImports,XTestImports,Deps", "./...")
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=1", "GOFLAGS=")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	all := map[string]listed{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

func TestLawsOfImports(t *testing.T) {
	for _, p := range packages(t) {
		if p.ours() {
			for _, breach := range breaches(p) {
				t.Error(breach)
			}
		}
	}
}

// breaches says which laws the direct imports of one of our packages break.
func breaches(p listed) []string {
	l, ok := lawOf(p.name())
	if !ok {
		return []string{p.name() + ": no law knows this package: decide in deps_test.go what it may import"}
	}
	var broken []string
	check := func(imports []string, test bool) {
		for _, to := range imports {
			switch name, ours := strings.CutPrefix(to, module); {
			case ours && !l.allows(p.name(), name, test):
				broken = append(broken, fmt.Sprintf("%s imports %s: %s", p.name(), name, l.why))
			case strings.HasPrefix(to, engine) && p.name() != "actors":
				broken = append(broken, fmt.Sprintf("%s imports protoactor: only the kit knows the engine and its traps", p.name()))
			}
		}
	}
	check(p.Imports, false)
	check(slices.Concat(p.TestImports, p.XTestImports), true)
	return broken
}

func TestLawsOfImportsCanFail(t *testing.T) {
	for _, test := range []struct {
		from, to string
		ok       bool
	}{
		{"messages", module + "config", false},
		{"config", module + "messages", false},
		{"http", module + "messages", true},
		{"http", module + "actors", false},
		{"telemetry", engine + "actor", false},
		{"actors", engine + "actor", true},
		{"actors", module + "actors/keys", false},
		{"actors/keys", engine + "actor", false},
		{"actors/keys", module + "actors/keys/directory", true},
		{"actors/keys", module + "actors/slashing/eip3076", false},
		{"actors/signing", module + "actors/keys/bls", true},
		{"actors/signing", module + "actors/keys", false},
		{"actors/keys/bls", module + "actors", false},
		{"actors/keys/directory", module + "actors/keys/bls", true},
		{"actors/keys/directory", module + "actors/signing/eth2", false},
		{"actors/keys/sealed", module + "actors/box", true},
		{"actors/box", module + "actors/secmem", false},
		{"actors/sqlitefile", module + "messages", false},
		{"actors/chamber", module + "actors/keys/bls", false},
		{"actors/state/postgres", module + "actors/state", true},
		{"actors/state", module + "actors/seal", false},
		{"actors/state/postgres", module + "actors", false},
		{"actors/state/postgres", module + "actors/storetest/postgres", false},
		{"actors/storetest/postgres", module + "actors/state", false},
		{"cmd/containment-chamber", module + "actors/keys/bls", true},
		{"cmd/containment-chamber", engine + "actor", false},
		{"internal/new", "fmt", false},
	} {
		broken := breaches(listed{ImportPath: module + test.from, Imports: []string{test.to}})
		if (len(broken) == 0) != test.ok {
			t.Errorf("%s imports %s: got %q", test.from, test.to, broken)
		}
	}
}

func TestLawEngineStaysBehindTheKit(t *testing.T) {
	for _, p := range packages(t) {
		if l, _ := lawOf(p.name()); !p.ours() || l.allows(p.name(), "actors", false) || p.name() == "actors" {
			continue
		}
		if i := slices.IndexFunc(p.Deps, func(d string) bool { return strings.HasPrefix(d, engine) }); i >= 0 {
			t.Errorf("%s is built with %s: it must build and test without the actor engine", p.name(), p.Deps[i])
		}
	}
}

func TestLawMessagesIsStandardLibraryOnly(t *testing.T) {
	all := packages(t)
	for _, dep := range all[module+"messages"].Deps {
		if !all[dep].Standard {
			t.Errorf("messages is built with %s: whatever it imports, everything imports", dep)
		}
	}
}

func TestLawNothingIsReplaced(t *testing.T) {
	text, err := os.ReadFile(top + "/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`(?m)^\s*replace\b`).Match(text) {
		t.Error("go.mod replaces a module: go install ignores that, so the users' signer would be another one than ours")
	}
}
