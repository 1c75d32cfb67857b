package main

import (
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/coverkit/crm"
)

// name is a word of the library in a page: `claim.Notice`, `crm.CRM.InTx`, also with
// arguments behind it.
var name = regexp.MustCompile("`([a-z]+)((?:\\.[A-Z][A-Za-z]*)+)(?:\\([^`]*\\))?`")

// Every name of the library that a page mentions exists: an exported identifier, a
// field or method of one, or the action of a grant.
func TestNamesInPagesExist(t *testing.T) {
	t.Parallel()
	has, n := finder(t), 0
	for _, page := range pages(t) {
		for _, m := range name.FindAllStringSubmatch(read(t, page), -1) {
			n++
			if !has(m[1], m[2][1:]) {
				t.Errorf("%s: there is no %s%s", page, m[1], m[2])
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d names: is the pattern right?", n)
	}
}

// The check can fail.
func TestNamesThatDoNotExistAreFound(t *testing.T) {
	t.Parallel()
	has := finder(t)
	for _, x := range [][2]string{{"claim", "Noticed"}, {"claim", "Service.Rport"}, {"claim", "Notice.Police"}, {"nowhere", "Notice"}} {
		if has(x[0], x[1]) {
			t.Errorf("%s.%s is found", x[0], x[1])
		}
	}
}

// finder returns what tells whether a package has a name.
func finder(t *testing.T) func(pkg, name string) bool {
	t.Helper()
	files := exports(t)
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(p string) (io.ReadCloser, error) { return os.Open(files[p]) })
	packages := map[string]*types.Package{}
	for _, p := range known {
		pkg, err := imp.Import(p)
		if err != nil {
			t.Fatal(err)
		}
		packages[path.Base(p)] = pkg
	}
	roles := crm.Roles()
	return func(pkg, name string) bool {
		if _, action := roles.Granted(pkg + "." + name); action {
			return true
		}
		if packages[pkg] == nil {
			return false
		}
		words := strings.Split(name, ".")
		object := packages[pkg].Scope().Lookup(words[0])
		for _, word := range words[1:] {
			if object == nil {
				return false
			}
			object, _, _ = types.LookupFieldOrMethod(object.Type(), true, nil, word)
		}
		return object != nil
	}
}
