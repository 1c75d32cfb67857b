package main

import (
	"errors"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

const root = "../.."

// Whoever changes code that a defect breaks is told at once, and not by the next run of
// all defects.
func TestPatchesApply(t *testing.T) {
	t.Parallel()
	list, err := patches("testdata")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Errorf("%d defects, of which there were to be 30", len(list))
	}
	for _, p := range list {
		files, err := p.apply(root)
		if err != nil {
			t.Error(err)
			continue
		}
		for name, text := range files {
			if _, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution); err != nil {
				t.Errorf("%s.patch: no Go any more: %v", p.name, err)
			} else if nice, err := format.Source([]byte(text)); err != nil || string(nice) != text {
				t.Errorf("%s.patch: gofmt would change %s, %v", p.name, name, err)
			}
		}
		if utf8.RuneCountInString(p.promise) > 45 {
			t.Errorf("%s.patch: a promise of more than 45 characters does not fit the table", p.name)
		}
		for _, test := range strings.Split(p.run, "|") {
			test, _, _ = strings.Cut(test, "/")
			if !declares(t, filepath.Join(root, p.pkg), test) {
				t.Errorf("%s.patch: there is no %s in %s", p.name, test, p.pkg)
			}
		}
	}
}

// declares reports whether a package has a test of that name.
func declares(t *testing.T, dir, test string) bool {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	head := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(test) + `\(`)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if head.Match(text) {
			return true
		}
	}
	return false
}

const head = "Broken: Nobody is greeted.\nPromise: politeness\nCaught by: ./greet TestHello\n\n"

// greet is a patch as git writes it. A line that is taken away begins with dashes itself.
const greet = head + `diff --git a/greet/greet.go b/greet/greet.go
index 1234567..89abcde 100644
--- a/greet/greet.go
+++ b/greet/greet.go
@@ -7,4 +7,3 @@ func Hello() string {
 func Hello() string {
-	-- hello
-	return "hello"
+	return ""
 }
@@ -20 +19 @@
-var loud = true
+var loud = false
`

func TestApply(t *testing.T) {
	t.Parallel()
	p, err := parse("greet", greet)
	if err != nil {
		t.Fatal(err)
	}
	if p.broken != "Nobody is greeted." || p.promise != "politeness" || p.pkg != "./greet" || p.run != "TestHello" || len(p.hunks) != 2 {
		t.Fatalf("%+v", p)
	}
	const before = "package greet\n\nfunc Hello() string {\n\t-- hello\n\treturn \"hello\"\n}\n\nvar loud = true\n"
	for name, c := range map[string]struct{ text, want string }{
		"elsewhere in the file": {before, "package greet\n\nfunc Hello() string {\n\treturn \"\"\n}\n\nvar loud = false\n"},
		"changed meanwhile":     {strings.Replace(before, `"hello"`, `"hi"`, 1), ""},
		"only in part":          {strings.Replace(before, "var loud = true\n", "", 1), ""},
		"as part of a line":     {strings.Replace(before, "var loud = true", "var loud = true // mostly", 1), ""},
		"twice":                 {before + "var loud = true\n", ""},
		"no file":               {"", ""},
	} {
		dir := t.TempDir()
		if c.text != "" {
			put(t, dir, "greet/greet.go", c.text)
		}
		got, err := p.apply(dir)
		if c.want == "" && !errors.Is(err, errMoved) || c.want != "" && (err != nil || got["greet/greet.go"] != c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no head":        strings.TrimPrefix(greet, head),
		"no promise":     strings.Replace(greet, "Promise: politeness\n", "", 1),
		"no test":        strings.Replace(greet, " TestHello", "", 1),
		"no diff":        head,
		"another word":   "Author: somebody\n" + greet,
		"a broken line":  strings.Replace(greet, "\n func", "\nfunc", 1),
		"half a hunk":    strings.TrimSuffix(greet, "+var loud = false\n"),
		"too long":       greet + " more\n",
		"without a size": strings.Replace(greet, "@@ -20 +19 @@", "@@ here @@", 1),
	} {
		if _, err := parse("greet", text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
