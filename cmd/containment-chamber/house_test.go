package main_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// rule is a house rule that a machine can check.
type rule struct {
	name, why string
	// except are path.Match patterns of the files that may do it.
	except []string
	// tests says that test files obey it too.
	tests bool
	// find returns what breaks the rule.
	find func(source) []ast.Node
	// bad is the body of a file that breaks the rule once: it shows that the rule can fail.
	bad string
}

const (
	maxLines      = 250 // of a file
	maxFuncLines  = 50
	maxParameters = 4
)

var kit = []string{"actors/*.go", "actors/actorstest/*.go"}

var rules = []rule{
	{
		name: "mutex", why: "if you want a lock here, you want an actor",
		except: append([]string{"actors/slashing/eip3076/memory/*.go", "telemetry/*.go", "telemetry/collectortest/*.go", "actors/storetest/*/*.go"}, kit...),
		find:   selectors("sync", "Mutex", "RWMutex"), bad: "func f() { var mu sync.Mutex; mu.Lock() }",
	},
	{
		name: "go statement", why: "long work is a temporary child, so that it has a supervisor",
		except: append([]string{"http/server.go", "cmd/*/*.go", "actors/storetest/*/*.go", "actors/state/statetest/*.go", "actors/seal/kek/reader.go"}, kit...),
		find:   every[*ast.GoStmt], bad: "func f() { go f() }",
	},
	{
		name: "Ask inside an actor", why: "an actor that waits for another can wait for ever: use actors.Pipe, the answer is a later turn",
		except: append([]string{"cmd/*/*.go"}, kit...),
		find:   selectors("actors", "Ask", "AskAll"), bad: "func f() { actors.Ask(nil, ref, m) }",
	},
	{
		name: "sleep", why: "nobody can hurry it or break it off: use Context.After, or select on a context",
		except: []string{"actors/actorstest/kit.go"}, // virtual time
		find:   selectors("time", "Sleep"), bad: "func f() { time.Sleep(1) }",
	},
	{
		name: "init function", why: "a program that is not wired in cmd cannot be read or tested",
		find: initFunctions, bad: "func init() {}",
	},
	{
		name: "package variable", why: "only errors, interface guards and tables that nobody writes to may be global",
		find: packageVariables, bad: "var state = map[string]int{}; func f() { state[``] = 1 }",
	},
	{
		name: "panic with data", why: "it may hold a secret, and it is printed: panic with a constant",
		except: []string{"actors/cell.go", "cmd/*/run.go"}, // pass on what they caught
		find:   panics, bad: "func f(err error) { panic(err) }",
	},
	{
		name: "parameters", why: fmt.Sprintf("more than %d: make it a Config struct", maxParameters),
		except: []string{"actors/supervise.go"}, // the engine's interface
		find:   manyParameters, bad: "func f(a, b, c int, d, e string) {}",
	},
	{
		name: "long function", why: fmt.Sprintf("longer than %d lines: it does more than one thing", maxFuncLines),
		find: longFunctions, bad: "func f() {" + strings.Repeat("\n", maxFuncLines) + "}",
	},
	{
		name: "long file", why: fmt.Sprintf("longer than %d lines: it holds more than one concept", maxLines), tests: true,
		find: longFile, bad: strings.Repeat("\n", maxLines+1),
	},
	{
		name: "empty package name", why: "it does not say what the package is for", tests: true,
		find: emptyName, bad: "",
	},
}

func TestHouseRules(t *testing.T) {
	for _, s := range sources(t) {
		for _, r := range rules {
			if s.test() && !r.tests || slices.ContainsFunc(r.except, s.matches) {
				continue
			}
			for _, n := range r.find(s) {
				t.Errorf("%s: %s: %s", s.at(n), r.name, r.why)
			}
		}
	}
}

func TestHouseRulesCanFail(t *testing.T) {
	for _, r := range rules {
		for _, test := range []struct {
			text string
			want int
		}{{"package helper; " + r.bad, 1}, {"package fine", 0}} {
			if got := len(r.find(parse(t, test.text))); got != test.want {
				t.Errorf("%s: found %d times in %q, want %d", r.name, got, test.text, test.want)
			}
		}
	}
}

func TestHouseRulesExceptOnlyWhatIsThere(t *testing.T) {
	for _, r := range rules {
		for _, pattern := range r.except {
			if !slices.ContainsFunc(sources(t), func(s source) bool { return s.matches(pattern) }) {
				t.Errorf("%s: the exception %s fits no file", r.name, pattern)
			}
		}
	}
}

// every finds all nodes of one type.
func every[N ast.Node](s source) []ast.Node {
	var found []ast.Node
	ast.Inspect(s.file, func(n ast.Node) bool {
		if _, ok := n.(N); ok {
			found = append(found, n)
		}
		return true
	})
	return found
}

// selectors finds uses of some names of a package.
func selectors(pkg string, names ...string) func(source) []ast.Node {
	return func(s source) []ast.Node {
		return slices.DeleteFunc(every[*ast.SelectorExpr](s), func(n ast.Node) bool {
			sel := n.(*ast.SelectorExpr)
			x, ok := sel.X.(*ast.Ident)
			return !ok || x.Name != pkg || !slices.Contains(names, sel.Sel.Name)
		})
	}
}

func initFunctions(s source) []ast.Node {
	return slices.DeleteFunc(every[*ast.FuncDecl](s), func(n ast.Node) bool {
		f := n.(*ast.FuncDecl)
		return f.Recv != nil || f.Name.Name != "init"
	})
}

func panics(s source) []ast.Node {
	return slices.DeleteFunc(every[*ast.CallExpr](s), func(n ast.Node) bool {
		call := n.(*ast.CallExpr)
		f, ok := call.Fun.(*ast.Ident)
		if !ok || f.Name != "panic" {
			return true
		}
		value := call.Args[0]
		if conversion, ok := value.(*ast.CallExpr); ok && len(conversion.Args) == 1 {
			value = conversion.Args[0]
		}
		_, constant := value.(*ast.BasicLit)
		return constant
	})
}

func manyParameters(s source) []ast.Node {
	return slices.DeleteFunc(every[*ast.FuncDecl](s), func(n ast.Node) bool {
		return n.(*ast.FuncDecl).Type.Params.NumFields() <= maxParameters
	})
}

func longFunctions(s source) []ast.Node {
	return slices.DeleteFunc(every[*ast.FuncDecl](s), func(n ast.Node) bool {
		return s.line(n.End())-s.line(n.Pos()) < maxFuncLines
	})
}

func longFile(s source) []ast.Node {
	if s.line(s.file.FileEnd-1) <= maxLines {
		return nil
	}
	return []ast.Node{s.file}
}

func emptyName(s source) []ast.Node {
	if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "manager", "base", "service", "standard"}, s.file.Name.Name) {
		return []ast.Node{s.file.Name}
	}
	return nil
}

func packageVariables(s source) []ast.Node {
	var found []ast.Node
	for _, d := range s.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				if !harmless(spec.(*ast.ValueSpec), s.written) && !embedded(g, s.written) {
					found = append(found, spec)
				}
			}
		}
	}
	return found
}

// embedded spots a file that the compiler put in, and that nothing writes to.
func embedded(g *ast.GenDecl, written map[string]bool) bool {
	return g.Doc != nil && len(g.Specs) == 1 && strings.HasPrefix(g.Doc.List[len(g.Doc.List)-1].Text, "//go:embed ") &&
		!written[g.Specs[0].(*ast.ValueSpec).Names[0].Name]
}

// harmless spots an interface guard, an error, and a table: a composite literal whose name nothing writes to.
func harmless(v *ast.ValueSpec, written map[string]bool) bool {
	name := v.Names[0].Name
	if name == "_" {
		return true
	}
	if len(v.Names) != 1 || len(v.Values) != 1 || written[name] {
		return false
	}
	switch value := v.Values[0].(type) {
	case *ast.CompositeLit:
		return true
	case *ast.CallExpr:
		f, ok := value.Fun.(*ast.SelectorExpr)
		return ok && f.Sel.Name == "New" && strings.HasPrefix(strings.ToLower(name), "err")
	}
	return false
}
