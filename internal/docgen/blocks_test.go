package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// block is a fenced piece of Go in a page. Its fence may name a file, as in
// "```go storage/storage.go": then it is a quotation of that file.
type block struct {
	where, from, text string
}

var fence = regexp.MustCompile("(?ms)^```go *([^\n]*)\n(.*?)^```$")

// pages are the pages that people read.
func pages(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	return append(list, "../../README.md", "../../README.zh-CN.md", "../../CONTRIBUTING.md", "../../SECURITY.md", "../../CHANGELOG.md")
}

func blocks(t *testing.T) []block {
	t.Helper()
	var out []block
	for _, page := range pages(t) {
		text := read(t, page)
		for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
			line := 1 + strings.Count(text[:m[0]], "\n")
			out = append(out, block{fmt.Sprintf("%s:%d", filepath.Base(page), line), text[m[2]:m[3]], text[m[4]:m[5]]})
		}
	}
	if len(out) < 20 {
		t.Fatalf("only %d blocks: is the pattern right?", len(out))
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What is quoted stands in the file, line by line; comments may be left out.
func TestQuotationsAreTrue(t *testing.T) {
	t.Parallel()
	quoted := 0
	for _, b := range blocks(t) {
		if b.from == "" {
			continue
		}
		quoted++
		lines := map[string]bool{}
		for line := range strings.Lines(read(t, filepath.Join("../..", b.from))) {
			lines[words(line)] = true
		}
		for line := range strings.Lines(b.text) {
			if c := words(line); c != "" && !lines[c] {
				t.Errorf("%s: not in %s: %s", b.where, b.from, line)
			}
		}
	}
	if quoted == 0 {
		t.Error("nothing is quoted")
	}
}

func words(line string) string {
	before, _, _ := strings.Cut(line, "//")
	return strings.Join(strings.Fields(before), " ")
}

// around is what the pages' pieces of code take for granted.
const around = `
type Ticket struct{ Claim string }
var (
	ctx context.Context
	c *crm.CRM
	keys *privacy.Keys
	store storage.Store
	gormDB *gorm.DB
	sqlDB *sql.DB
	dsn string
	id crm.ID
	cl claim.Claim
	notice claim.Notice
	filing claim.Filing
	publish func(context.Context, crm.Entry) error
)
`

// Every piece of Go in the pages compiles: a whole program, declarations, or
// statements of a function that returns an error. What is declared and not used is
// left to the reader.
func TestCodeInPagesCompiles(t *testing.T) {
	t.Parallel()
	packages := exports(t)
	for _, b := range blocks(t) {
		if b.from != "" {
			continue
		}
		for _, err := range compile(b.text, packages) {
			t.Errorf("%s: %v", b.where, err)
		}
		if nice, err := format.Source([]byte(b.text)); err != nil || string(nice) != b.text {
			t.Errorf("%s: gofmt would write\n%s", b.where, nice)
		}
	}
}

// The check can fail.
func TestCodeThatDoesNotCompileIsFound(t *testing.T) {
	t.Parallel()
	packages := exports(t)
	for _, text := range []string{
		"c.Claims.Rport(ctx, notice)", "cl, err := c.Claims.Report(ctx)", "func f() int { }", "type x struct{ y crm.Z }", "x := = 1",
		"package main\n\nfunc main() { undefined() }\n",
	} {
		if len(compile(text, packages)) == 0 {
			t.Errorf("compiles: %s", text)
		}
	}
}

func compile(text string, packages map[string]string) (errs []error) {
	fset := token.NewFileSet()
	var file *ast.File
	var err error
	if !strings.HasPrefix(text, "package ") {
		head := "package p\n\nimport (\n"
		for _, path := range slices.Sorted(maps.Keys(packages)) {
			if slices.Contains(known, path) {
				head += fmt.Sprintf("\t%q\n", path)
			}
		}
		head += ")\n" + around
		if file, err = parser.ParseFile(fset, "", head+text, parser.SkipObjectResolution); err != nil {
			file, err = parser.ParseFile(fset, "", head+"func _() error {\n"+text+"\nreturn nil\n}\n", parser.SkipObjectResolution)
		}
	} else {
		file, err = parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	}
	if err != nil {
		return []error{err}
	}
	config := types.Config{
		Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
			if packages[path] == "" {
				return nil, fmt.Errorf("no package %s", path)
			}
			return os.Open(packages[path])
		}),
		Error: func(err error) {
			if te := (types.Error{}); !errors.As(err, &te) || !te.Soft {
				errs = append(errs, err)
			}
		},
	}
	_, _ = config.Check("p", fset, []*ast.File{file}, nil) // errors go to Error
	return errs
}

// known are the packages that the pages may use without importing them.
var known = []string{
	"context", "database/sql", "errors", "fmt", "time",
	"gorm.io/gorm", "github.com/shopspring/decimal",
	"github.com/coverkit/crm", "github.com/coverkit/crm/backoffice/payment", "github.com/coverkit/crm/claim",
	"github.com/coverkit/crm/customer", "github.com/coverkit/crm/kernel", "github.com/coverkit/crm/kernel/access",
	"github.com/coverkit/crm/kernel/privacy", "github.com/coverkit/crm/kernel/workflow", "github.com/coverkit/crm/policy",
	"github.com/coverkit/crm/storage", "github.com/coverkit/crm/storage/gormstore", "github.com/coverkit/crm/storage/memory",
	"github.com/coverkit/crm/storage/postgres", "github.com/coverkit/crm/storage/sqlite", "github.com/coverkit/crm/storage/storagetest",
	"testing", "github.com/coverkit/crm/backoffice/journal", "github.com/coverkit/crm/backoffice/number",
	"github.com/coverkit/crm/internal/command",
	"github.com/coverkit/crm/storage/storagetest/pgtest",
	"github.com/coverkit/crm/kernel/rulebook", "github.com/coverkit/crm/backoffice/task", "github.com/coverkit/crm/backoffice/improve", "github.com/coverkit/crm/backoffice/reveal",
	"github.com/coverkit/crm/complaint", "github.com/coverkit/crm/member", "github.com/coverkit/crm/survey",
}

// exports returns where the go command keeps what each package exports.
func exports(t *testing.T) map[string]string {
	t.Helper()
	packages, err := exported()
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

var exported = sync.OnceValues(func() (map[string]string, error) {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Export", "--", "log"}, known...)
	out, err := exec.Command("go", args...).Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil, fmt.Errorf("go list: %w\n%s", err, exit.Stderr)
	} else if err != nil {
		return nil, err
	}
	packages := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages[p.ImportPath] = p.Export
	}
})
