// Defects tests the tests: it breaks the library in many small ways, one at a time, and
// looks whether the tests notice. A check that is left out, two fields swapped, a float,
// a day too many: each is a patch in testdata, which says what is broken, which promise
// that breaks, and which test has to fail.
//
//	go run ./internal/defects                  all of them: make defects
//	go run ./internal/defects -run 'tenant|money' -v
//
// Nothing in the tree is changed: the go command is handed the broken files in place of
// the right ones. A defect that survives, that does not build or does not fit the code any
// more ends the program with 1. The tests of this package only look whether all fit.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

const folder = "internal/defects/testdata"

func main() {
	run := flag.String("run", "", "only the defects whose name matches")
	verbose := flag.Bool("v", false, "say of each what is broken and what its test says")
	workers := flag.Int("p", runtime.NumCPU(), "how many at once")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	survived, err := plant(ctx, *run, *verbose, max(*workers, 1))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "defects:", err)
	}
	if err != nil || survived > 0 {
		os.Exit(1)
	}
}

// plant tries all defects and tells how it went; it returns how many were not caught.
func plant(ctx context.Context, only string, verbose bool, workers int) (int, error) {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return 0, err
	}
	root, err := os.Getwd()
	if err != nil {
		return 0, err
	}
	list, err := patches(filepath.Join(root, folder))
	if err != nil {
		return 0, err
	}
	list = slices.DeleteFunc(list, func(p *patch) bool { return !wanted.MatchString(p.name) })
	temp, err := os.MkdirTemp("", "crm-defects-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(temp)
	w := &workshop{root: root, temp: temp}
	began := time.Now()

	fmt.Printf("%d defects. First their tests without them ", len(list))
	w.sound(ctx, list, workers, func() { fmt.Print(".") })
	how := "all pass"
	if n := len(w.failing); n > 0 {
		how = fmt.Sprintf("those of %d packages fail", n)
	}
	fmt.Printf(" %s (%.0fs)\n\n", how, time.Since(began).Seconds())

	t := tableOf(list)
	t.line("DEFECT", "PROMISE", "CAUGHT BY", "SECONDS")
	var faults []string
	each(list, workers, func(p *patch) verdict { return w.try(ctx, p) }, func(p *patch, v verdict) {
		t.line(p.name, p.promise, v.table(p), fmt.Sprintf("%7.1f", v.took.Seconds()))
		if verbose {
			fmt.Printf("    %s\n    > %s\n\n", p.broken, v.said)
		}
		if v.what != caught {
			faults = append(faults, fmt.Sprintf("%s: %s\n%s\n%s", p.name, v.what, p.broken, indent(v.output)))
		}
	})
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	fmt.Printf("\n%d defects, %d caught, in %.0fs\n", len(list), len(list)-len(faults), time.Since(began).Seconds())
	for _, f := range faults {
		fmt.Printf("\n%s\n", f)
	}
	return len(faults), nil
}

// each does the work some at a time, and tells of it in the order of the list.
func each(list []*patch, workers int, work func(*patch) verdict, tell func(*patch, verdict)) {
	results := make([]chan verdict, len(list))
	for i := range results {
		results[i] = make(chan verdict, 1)
	}
	places := make(chan struct{}, workers)
	go func() {
		for i, p := range list {
			places <- struct{}{}
			go func() {
				results[i] <- work(p)
				<-places
			}()
		}
	}()
	for i, p := range list {
		tell(p, <-results[i])
	}
}

// table writes lines under each other.
type table [3]int

func tableOf(list []*patch) *table {
	t := &table{}
	for _, p := range list {
		for i, text := range []string{p.name, p.promise, p.pkg + " " + p.run} {
			t[i] = max(t[i], len(text))
		}
	}
	return t
}

func (t *table) line(defect, promise, caughtBy, seconds string) {
	fmt.Printf("%-*s  %-*s  %-*s  %s\n", t[0], defect, t[1], promise, t[2], caughtBy, seconds)
}

func indent(text string) string {
	return "\t" + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n\t")
}
