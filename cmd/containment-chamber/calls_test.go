package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// compiled is a package as the go command describes it, with what a compiler needs to know of it.
type compiled struct {
	ImportPath, Dir, Export string
	GoFiles, CgoFiles, Deps []string
}

// erasing knows which functions call which, from those that use secmem.Do on.
type erasing struct {
	t       *testing.T
	all     map[string]compiled
	users   []string // of secmem.Do
	set     *token.FileSet
	imports types.Importer
	info    types.Info
	loaded  map[string][]*ast.File
	decls   map[string]*ast.FuncDecl // by full name
	seen    map[string]bool          // functions of ours that were followed
	begun   int
	faults  []string
}

func newErasing(t *testing.T) *erasing {
	t.Helper()
	users, err := usersOfDo()
	if err != nil {
		t.Fatal(err)
	}
	all, err := compiledUsers()
	if err != nil {
		t.Fatal(err)
	}
	e := &erasing{
		t: t, all: all, users: users, set: token.NewFileSet(), loaded: map[string][]*ast.File{}, decls: map[string]*ast.FuncDecl{}, seen: map[string]bool{},
		info: types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}},
	}
	e.imports = importer.ForCompiler(e.set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(all[path].Export) })
	return e
}

// usersOfDo lists the packages that use secmem.Do.
func usersOfDo() (users []string, err error) {
	all, err := parsed()
	for _, s := range all {
		if name := module + path.Dir(s.path); !s.test() && !slices.Contains(users, name) && len(selectors("secmem", "Do")(s)) > 0 {
			users = append(users, name)
		}
	}
	return users, err
}

// compiledUsers are those packages and all that they are made of.
var compiledUsers = sync.OnceValues(func() (map[string]compiled, error) {
	users, err := usersOfDo()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("go", append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,CgoFiles,Deps"}, users...)...)
	cmd.Dir, cmd.Stderr = top, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	all := map[string]compiled{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p compiled
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

func parsedBy(t *testing.T, set *token.FileSet, text string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(set, "bad.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// load reads a package of ours.
func (e *erasing) load(name string) []*ast.File {
	if files, ok := e.loaded[name]; ok {
		return files
	}
	var files []*ast.File
	for _, base := range e.all[name].GoFiles {
		file, err := parser.ParseFile(e.set, filepath.Join(e.all[name].Dir, base), nil, 0)
		if err != nil {
			e.t.Fatal(err)
		}
		files = append(files, file)
	}
	return e.check(name, files...)
}

// check finds out what each name in some files means.
func (e *erasing) check(name string, files ...*ast.File) []*ast.File {
	e.loaded[name] = files
	if _, err := (&types.Config{Importer: e.imports}).Check(name, e.set, files, &e.info); err != nil {
		e.t.Fatal(err)
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok {
				e.decls[e.info.Defs[f.Name].(*types.Func).FullName()] = f
			}
		}
	}
	return files
}

// object is what an expression names; nil if it is none that has a name.
func (e *erasing) object(x ast.Expr) types.Object {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return e.info.Uses[x]
	case *ast.SelectorExpr:
		return e.info.Uses[x.Sel]
	case *ast.IndexExpr:
		return e.object(x.X)
	}
	return nil
}

// fullName is that of the function that an expression names, or "".
func (e *erasing) fullName(x ast.Expr) string {
	if f, ok := e.object(x).(*types.Func); ok {
		return f.Origin().FullName()
	}
	return ""
}

// follow looks at all functions that are named in some code, since most are called.
func (e *erasing) follow(code ast.Node, trail string) {
	ast.Inspect(code, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if f, ok := e.info.Uses[id].(*types.Func); ok && f.Pkg() != nil {
				e.reach(f.Origin(), trail+": "+f.Origin().FullName())
			}
		}
		return true
	})
}

// lendsKeys is the one interface of ours whose methods may be called: its one implementation is secmem.Secret.
const lendsKeys = "(containment-chamber/messages.Key32)."

func (e *erasing) reach(f *types.Func, trail string) {
	name, home := f.FullName(), f.Pkg().Path()
	ours := strings.HasPrefix(home+"/", module) || home == "bad"
	receiver := f.Signature().Recv()
	switch {
	case e.seen[name] || strings.HasPrefix(name, lendsKeys):
	case !ours && e.ofC(home):
		e.faults = append(e.faults, trail+" is made of C")
	case !ours:
	case receiver != nil && types.IsInterface(receiver.Type()):
		e.faults = append(e.faults, trail+" may be anything")
	default:
		e.seen[name] = true
		if home != "bad" {
			e.load(home)
		}
		if decl := e.decls[name]; decl != nil && decl.Body != nil {
			e.follow(decl.Body, trail)
		}
	}
}

// ofC reports whether a package has C in it, or is made of one that has.
func (e *erasing) ofC(name string) bool {
	p := e.all[name]
	return len(p.CgoFiles) > 0 || slices.ContainsFunc(p.Deps, func(d string) bool { return len(e.all[d].CgoFiles) > 0 })
}
