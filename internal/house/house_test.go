package house_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const top = "../.."

// The go command is asked with cgo and without, because the SQLite store links
// another driver in each case.
func TestImportsFollowThePlan(t *testing.T) {
	t.Parallel()
	for _, cgo := range []string{"0", "1"} {
		t.Run("CGO_ENABLED="+cgo, func(t *testing.T) {
			t.Parallel()
			g := list(t, "CGO_ENABLED="+cgo)
			if _, ok := g[module+"/kernel"]; !ok {
				t.Fatal("the kernel is not in the graph: this test looks at the wrong module")
			}
			for _, sentence := range check(g) {
				t.Error(sentence)
			}
		})
	}
}

// list asks the go command for all packages of the module and what they need.
// Packages that do not build are listed as far as they go: saying so is the
// compiler's business.
func list(t *testing.T, env string) graph {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Imports", "./...")
	cmd.Dir, cmd.Env, cmd.Stderr = top, append(os.Environ(), env), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	g := graph{}
	for dec := json.NewDecoder(out); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		g[p.ImportPath] = p.Imports
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return g
}

// It reads every Go file of the module, and by that tells the go command that
// the results of this package depend on all of them: a remembered result would
// hide a new import.
func TestOneClock(t *testing.T) {
	t.Parallel()
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path, err := filepath.Rel(top, name)
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		if d.IsDir() {
			if d.Name() == "testdata" || len(d.Name()) > 2 && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), ".")
		f, _ := floorOf(dir)
		if f.name == "workshop" || f.name == "test support" || strings.HasSuffix(path, "_test.go") || path == clockFile || slices.Contains(stopwatches, path) {
			return nil
		}
		found, err := readsClock(path, src)
		if err != nil {
			return err
		}
		for _, place := range found {
			t.Errorf("%s outside %s: %s", place, clockFile, clockReason)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
