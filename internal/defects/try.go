package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// What can become of a defect.
const (
	caught   = "caught"
	survived = "SURVIVED: no test has noticed it; write the one that does"
	skipped  = "SURVIVED: its test was skipped; is PostgreSQL missing?"
	unheard  = "SURVIVED: there is no such test"
	hangs    = "HANGS: its test did not end; a defect should make one fail"
	anyway   = "FAILS ANYWAY: its tests do so without it, and prove nothing"
	unbuilt  = "DOES NOT BUILD: the compiler has caught it, and no test"
	moved    = "DOES NOT FIT the code any more"
	failed   = "FAILED to be tried"
)

// verdict is what became of one.
type verdict struct {
	what   string
	said   string // the first complaint of its test
	output string // of the compiler or the test, where it was not caught
	took   time.Duration
}

// table is what stands in the third column.
func (v verdict) table(p *patch) string {
	if v.what == caught {
		return p.pkg + " " + p.run
	}
	what, _, _ := strings.Cut(v.what, ":")
	return what
}

// workshop is where they are planted: beside the tree, never in it.
type workshop struct {
	root, temp string
	failing    map[string]string // packages whose tests fail as they are, and what they say
}

// patience bounds one run of a test.
const patience = 2 * time.Minute

// try plants a defect and runs its tests.
func (w *workshop) try(ctx context.Context, p *patch) (v verdict) {
	began := time.Now()
	defer func() { v.took = time.Since(began) }()
	if out, fails := w.failing[p.pkg]; fails {
		return verdict{what: anyway, output: out}
	}
	overlay, err := w.overlay(p)
	if err != nil {
		if errors.Is(err, errMoved) {
			return verdict{what: moved, output: err.Error()}
		}
		return verdict{what: failed, output: err.Error()}
	}
	bin := filepath.Join(w.temp, p.name+".test")
	if out, err := w.build(ctx, p.pkg, bin, "-overlay", overlay); err != nil {
		return verdict{what: unbuilt, output: out}
	}
	defer func() { _ = os.Remove(bin) }() // they are large
	out, err := w.runs(ctx, p.pkg, bin, p.run)
	return judge(out, err)
}

// complaint is a line of a test's own, or the last word of one that panicked.
var complaint = regexp.MustCompile(`(?m)^(?: +\w+\.go:\d+: |panic: ).*$`)

// judge reads what a test binary has printed.
func judge(out string, err error) verdict {
	v := verdict{what: caught, output: out}
	switch {
	case strings.Contains(out, "panic: test timed out"):
		v.what = hangs
	case strings.Contains(out, "testing: warning: no tests to run"):
		v.what = unheard
	case err == nil && strings.Contains(out, "--- SKIP: "):
		v.what = skipped
	case err == nil:
		v.what = survived
	case !strings.Contains(out, "--- FAIL: "): // it ended before any test did
		v.what = failed
	}
	for _, said := range complaint.FindAllString(out, -1) {
		if v.what == caught && v.said == "" && !strings.Contains(said, "[rapid] OK") && !strings.Contains(said, "CRM_SEED=") {
			v.said = strings.TrimSpace(said)
		}
	}
	return v
}

// overlay writes the broken files, and the list by which the go command finds them.
func (w *workshop) overlay(p *patch) (string, error) {
	files, err := p.apply(w.root)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(w.temp, p.name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, text := range files {
		broken := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(broken, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(w.root, name)] = broken
	}
	doc, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(dir, "overlay.json")
	return list, os.WriteFile(list, doc, 0o600)
}

// build makes a test binary.
func (w *workshop) build(ctx context.Context, pkg, bin string, flags ...string) (string, error) {
	args := append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", bin}, flags...) // without what debuggers read it is linked sooner
	cmd := exec.CommandContext(ctx, "go", append(args, pkg)...)
	cmd.Dir = w.root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// runs runs tests of a binary where go test would.
func (w *workshop) runs(ctx context.Context, pkg, bin, tests string) (string, error) {
	cmd := exec.CommandContext(ctx, bin, "-test.v", "-test.count=1", "-test.run="+tests, "-test.timeout="+patience.String())
	cmd.Dir = filepath.Join(w.root, pkg)
	cmd.Env = append(os.Environ(), "TZ=UTC") // so that the machine's zone is not the law's
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// sound runs the tests of all defects on the code as it is, those of one package together:
// what fails anyway catches nothing.
func (w *workshop) sound(ctx context.Context, list []*patch, workers int, tick func()) {
	of := map[string]*patch{}
	var all []*patch
	for _, p := range list {
		if of[p.pkg] == nil {
			of[p.pkg] = &patch{name: fmt.Sprintf("sound-%d", len(all)), pkg: p.pkg, run: p.run}
			all = append(all, of[p.pkg])
		} else if q := of[p.pkg]; !strings.Contains("|"+q.run+"|", "|"+p.run+"|") {
			q.run += "|" + p.run
		}
	}
	w.failing = map[string]string{}
	each(all, workers, func(p *patch) verdict {
		bin := filepath.Join(w.temp, p.name+".test")
		defer func() { _ = os.Remove(bin) }() // they are large
		out, err := w.build(ctx, p.pkg, bin)
		if err == nil {
			out, err = w.runs(ctx, p.pkg, bin, p.run)
		}
		if err != nil {
			return verdict{what: anyway, output: out}
		}
		return verdict{}
	}, func(p *patch, v verdict) {
		tick()
		if v.what == anyway {
			w.failing[p.pkg] = v.output
		}
	})
}
