package main_test

import (
	"go/ast"
	"strings"
	"testing"
)

// TestLawNoCallOfCWithinDo follows every function that is given to secmem.Do through all of our code that it calls. What it
// calls of others must not be made of C: a call of C while secrets are being erased ends the process.
func TestLawNoCallOfCWithinDo(t *testing.T) {
	e := newErasing(t)
	for _, name := range e.users {
		e.look(e.load(name))
	}
	for _, fault := range e.faults {
		t.Error(fault)
	}
	if e.begun < 20 || len(e.seen) < 20 {
		t.Errorf("only %d calls of Do, which lead to %d functions: this does not see them", e.begun, len(e.seen))
	}
}

// TestLawNoCallOfCWithinDoCanFail: calls of C are found, in whatever way they are reached.
func TestLawNoCallOfCWithinDoCanFail(t *testing.T) {
	const found = "(*containment-chamber/actors/keys/bls.SecretKey).Reveal: "
	for text, want := range map[string]string{
		"secmem.Do(func() { key.Reveal(nil) })":                         found,
		"secmem.Do(func() { deeper(key) })":                             "bad.deeper: " + found,
		"secmem.Do(func() { lend(func() { key.Reveal(nil) }) })":        found,
		"within(func() { key.Reveal(nil) })":                            found,
		"secmem.Do(func() { reveal := key.Reveal; reveal(nil) })":       found,
		"secmem.Do(func() { _, _ = net.LookupHost(``) })":               "net.LookupHost is made of C",
		"secmem.Do(func() { wrapped.Unwrap(nil, nil, kek.Binding{}) })": "Key).Unwrap may be anything",
		"secmem.Do(func() { lend(func() {}) }); key.Reveal(nil)":        "",
		"within(func() { lend(func() { key.Wipe() }) })":                "",
	} {
		e := newErasing(t)
		e.look(e.check("bad", parsedBy(t, e.set, `package bad
			import ("net"; "containment-chamber/actors/keys/bls"; "containment-chamber/actors/seal/kek"; "containment-chamber/actors/secmem")
			func bad(key *bls.SecretKey, wrapped kek.Key) { `+text+` }
			func deeper(key *bls.SecretKey) { key.Reveal(nil) }
			func lend(f func()) { f() }
			func within(f func()) { secmem.Do(func() { f() }) }
			var _ net.Addr`)))
		if got := strings.Join(e.faults, "\n"); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: found %q, want %q", text, got, want)
		}
	}
}

// look follows what some files give to Do.
func (e *erasing) look(files []*ast.File) {
	for _, file := range files {
		for _, decl := range file.Decls {
			enclosing, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			ast.Inspect(enclosing, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && e.fullName(call.Fun) == "containment-chamber/actors/secmem.Do" {
					e.begun++
					e.follow(call.Args[0], e.set.Position(call.Pos()).String())
					e.followLent(enclosing, call.Args[0], files)
				}
				return true
			})
		}
	}
}

// followLent follows the functions that whoever calls the enclosing one lends it, if it calls them within Do.
func (e *erasing) followLent(enclosing *ast.FuncDecl, within ast.Node, files []*ast.File) {
	if !e.callsParameter(enclosing, within) {
		return
	}
	name := e.info.Defs[enclosing.Name]
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && e.object(call.Fun) == name {
				for _, lent := range call.Args {
					e.follow(lent, e.set.Position(call.Pos()).String())
				}
			}
			return true
		})
	}
}

// callsParameter reports whether something calls a parameter of the function that it stands in.
func (e *erasing) callsParameter(enclosing *ast.FuncDecl, within ast.Node) (calls bool) {
	ast.Inspect(within, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if o := e.object(call.Fun); o != nil && enclosing.Type.Params.Pos() <= o.Pos() && o.Pos() < enclosing.Type.Params.End() {
				calls = true
			}
		}
		return true
	})
	return calls
}
