package main_test

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// essay is what the comment of a package must hold, beside its first sentence.
const essay = "\n# Decisions\n"

// TestLawPackagesExplainThemselves wants the essay of every package in one place, so that no two of them can disagree.
func TestLawPackagesExplainThemselves(t *testing.T) {
	comments := map[string][]string{}
	for _, s := range sources(t) {
		if s.test() {
			if s.file.Doc != nil {
				t.Errorf("%s: a comment of the package stands in a test, where nobody reads it", s.path)
			}
			continue
		}
		pkg := path.Dir(s.path)
		var found []string
		if s.file.Doc != nil {
			found = append(found, s.file.Doc.Text())
		}
		comments[pkg] = append(comments[pkg], found...)
	}
	for pkg, texts := range comments {
		if fault := faultOf(path.Base(pkg), strings.HasPrefix(pkg, "cmd/"), texts); fault != "" {
			t.Errorf("%s: %s", pkg, fault)
		}
	}
}

// faultOf says what is wrong with the comments of a package, or "".
func faultOf(name string, command bool, comments []string) string {
	begin := "Package " + name + " "
	if command {
		begin = "Command " + name + " "
	}
	switch {
	case len(comments) != 1:
		return "wants one package comment, in one file"
	case !strings.HasPrefix(comments[0], begin):
		return "its comment must begin with " + begin
	case !strings.Contains(comments[0], essay):
		return "its comment says no why: it wants a heading # Decisions"
	}
	return ""
}

func TestLawFaultyPackageCommentsAreFound(t *testing.T) {
	good := "Package bls signs.\n\n# Decisions\n\nOne.\n"
	for _, test := range []struct {
		comments []string
		ok       bool
	}{
		{[]string{good}, true},
		{nil, false},
		{[]string{good, good}, false},
		{[]string{"Package other signs.\n\n# Decisions\n\nOne.\n"}, false},
		{[]string{"Package bls signs.\n"}, false},
	} {
		if fault := faultOf("bls", false, test.comments); (fault == "") != test.ok {
			t.Errorf("%q: got fault %q", test.comments, fault)
		}
	}
}

// topLevel is the fixed top of the tree; dotfiles are free.
var topLevel = []string{
	"actors", "messages", "http", "telemetry", "cmd", "config", "deploy", "dashboards",
	"go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "CHANGELOG.md",
}

func TestLawTopLevelIsFixed(t *testing.T) {
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := ignoredFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); !slices.Contains(topLevel, name) && !strings.HasPrefix(name, ".") && !ignored(name) {
			t.Errorf("%s: the top level is fixed, so that it fits on a screen: put it beneath the part that it belongs to", name)
		}
	}
}

// unwanted are texts that no file may hold. They are written here in a way that does not hold them.
var unwanted = []struct {
	pattern, example, why string
}{
	{`(?:^|[\s"'(=:])/wor[k]/`, "cd /wor" + "k/main", "it names somebody's machine"},
	{`\bTOD[O]\b|\bFIXM[E]\b`, "// TOD" + "O: later", "what is to be done stands in an issue"},
}

func TestLawNoFileHoldsUnwantedText(t *testing.T) {
	for _, u := range unwanted {
		pattern := regexp.MustCompile(u.pattern)
		if !pattern.MatchString(u.example) {
			t.Errorf("%s does not find %q", u.pattern, u.example)
		}
		if err := eachFile(func(name string, text []byte) error {
			if at := pattern.FindIndex(text); at != nil && utf8.Valid(text) {
				t.Errorf("%s:%d: %q: %s", name, 1+bytes.Count(text[:at[0]], []byte("\n")), text[at[0]:at[1]], u.why)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
