package main_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// top is the top of the checkout.
const top = "../.."

// source is one Go file of the project.
type source struct {
	path string // from the top of the checkout
	file *ast.File
	set  *token.FileSet
	// written holds the names that something in the package assigns to, or takes the address of.
	written map[string]bool
}

func (s source) test() bool                  { return strings.HasSuffix(s.path, "_test.go") }
func (s source) line(p token.Pos) int        { return s.set.Position(p).Line }
func (s source) at(n ast.Node) string        { return fmt.Sprintf("%s:%d", s.path, s.line(n.Pos())) }
func (s source) matches(pattern string) bool { ok, _ := path.Match(pattern, s.path); return ok }

// sources parses the project once for all tests.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d Go files at %s: this is not the project", len(all), top)
	}
	return all
}

var parsed = sync.OnceValues(func() ([]source, error) {
	var all []source
	written := map[string]map[string]bool{}
	err := eachFile(func(name string, text []byte) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		s := source{path: name, set: token.NewFileSet()}
		var err error
		if s.file, err = parser.ParseFile(s.set, name, text, parser.ParseComments); err != nil {
			return err
		}
		pkg := path.Dir(name)
		if written[pkg] == nil {
			written[pkg] = map[string]bool{}
		}
		s.written = written[pkg]
		if !s.test() {
			note(s.written, s.file)
		}
		all = append(all, s)
		return nil
	})
	return all, err
})

// parse makes a source of a text.
func parse(t *testing.T, text string) source {
	t.Helper()
	s := source{path: "fine/fine.go", set: token.NewFileSet(), written: map[string]bool{}}
	var err error
	if s.file, err = parser.ParseFile(s.set, s.path, text, 0); err != nil {
		t.Fatal(err)
	}
	note(s.written, s.file)
	return s
}

// eachFile visits the files of the project that git does not ignore, with slashes in their names.
func eachFile(visit func(name string, text []byte) error) error {
	ignored, err := ignoredFiles()
	if err != nil {
		return err
	}
	return fs.WalkDir(os.DirFS(top), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name == ".git" || ignored(name) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			return err
		}
		return visit(name, text)
	})
}

// ignoredFiles reads the patterns of .gitignore, as far as ours go: /name, /name/ and *.suffix.
func ignoredFiles() (func(name string) bool, error) {
	text, err := os.ReadFile(filepath.Join(top, ".gitignore"))
	if err != nil {
		return nil, err
	}
	patterns := strings.Fields(string(text))
	return func(name string) bool {
		for _, p := range patterns {
			subject := path.Base(name)
			if strings.HasPrefix(p, "/") {
				subject = "/" + name
			}
			if ok, _ := path.Match(strings.TrimSuffix(p, "/"), subject); ok {
				return true
			}
		}
		return false
	}, nil
}

// note adds the names that a file assigns to, or takes the address of. It knows no scopes: a local variable that has
// the name of a table counts, and is better renamed.
func note(written map[string]bool, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, x := range n.Lhs {
					written[base(x)] = true
				}
			}
		case *ast.IncDecStmt:
			written[base(n.X)] = true
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				written[base(n.X)] = true
			}
		}
		return true
	})
}

// base is the variable that an expression leads to, or "".
func base(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.IndexExpr:
		return base(x.X)
	case *ast.SelectorExpr:
		return base(x.X)
	case *ast.StarExpr:
		return base(x.X)
	case *ast.ParenExpr:
		return base(x.X)
	}
	return ""
}
