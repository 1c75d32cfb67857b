package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// patch is a defect: a change of the code that must not go unnoticed.
type patch struct {
	name    string // of its file, without ending
	broken  string // what is wrong then, in a sentence
	promise string // that is broken by it
	pkg     string // "./claim": where it is noticed …
	run     string // … by which tests, as go test -run takes them
	hunks   []hunk
}

// hunk replaces some lines of a file. Where they stood when the patch was written does
// not count: they must be there exactly once.
type hunk struct {
	file     string
	old, new []string
}

// patches reads the folder, in the order of the names.
func patches(dir string) ([]*patch, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.patch"))
	if err != nil || len(names) == 0 {
		return nil, cmp.Or(err, fmt.Errorf("no patches in %s: %w", dir, fs.ErrNotExist))
	}
	list := make([]*patch, len(names))
	for i, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if list[i], err = parse(strings.TrimSuffix(filepath.Base(name), ".patch"), string(text)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// parse reads a unified diff under a head of lines such as "Broken: …".
func parse(name, text string) (*patch, error) {
	p := &patch{name: name}
	file, old, new := "", 0, 0 // the lines that are still missing of the last hunk
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		fault := func(what string) error { return fmt.Errorf("%s.patch, line %d: %s", name, i+1, what) }
		if old > 0 || new > 0 {
			h := &p.hunks[len(p.hunks)-1]
			sign, rest := line[:min(1, len(line))], line[min(1, len(line)):]
			if !strings.Contains(" -+", sign) {
				return nil, fault("in a hunk a line begins with a blank, - or +")
			}
			if sign != "+" {
				h.old, old = append(h.old, rest), old-1
			}
			if sign != "-" {
				h.new, new = append(h.new, rest), new-1
			}
			continue
		}
		key, value, _ := strings.Cut(line, ": ")
		switch value = strings.TrimSpace(value); {
		case strings.HasPrefix(line, "+++ b/"):
			file = strings.TrimPrefix(line, "+++ b/")
		case strings.HasPrefix(line, "@@ "):
			m := hunkHead.FindStringSubmatch(line)
			if m == nil || file == "" {
				return nil, fault("a hunk without file or size")
			}
			old, new = count(m[1]), count(m[2])
			p.hunks = append(p.hunks, hunk{file: file})
		case key == "Broken":
			p.broken = value
		case key == "Promise":
			p.promise = value
		case key == "Caught by":
			p.pkg, p.run, _ = strings.Cut(value, " ")
		case line != "" && !slices.ContainsFunc([]string{"diff ", "index ", "--- "}, func(s string) bool { return strings.HasPrefix(line, s) }):
			return nil, fault("not one of Broken:, Promise: and Caught by:, nor of a diff")
		}
	}
	if p.broken == "" || p.promise == "" || p.pkg == "" || p.run == "" || len(p.hunks) == 0 || old+new != 0 {
		return nil, fmt.Errorf("%s.patch: needs Broken:, Promise:, Caught by: with package and tests, and a whole diff", name)
	}
	return p, nil
}

var hunkHead = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@`)

// count reads how many lines a hunk has; one is not written.
func count(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 1
	}
	return n
}

// errMoved says that the code is no longer what the patch was written for.
var errMoved = errors.New("the patch does not fit the code any more")

// apply returns the files that the patch changes, by name, as they are then.
func (p *patch) apply(root string) (map[string]string, error) {
	files := map[string]string{}
	for _, h := range p.hunks {
		text, known := files[h.file]
		if !known {
			b, err := os.ReadFile(filepath.Join(root, h.file))
			if errors.Is(err, fs.ErrNotExist) {
				return nil, p.moved(h, "there is no such file")
			}
			if err != nil {
				return nil, err
			}
			text = string(b)
		}
		lines, found := strings.Split(text, "\n"), []int{}
		for i := 0; i+len(h.old) <= len(lines); i++ {
			if slices.Equal(lines[i:i+len(h.old)], h.old) {
				found = append(found, i)
			}
		}
		switch len(found) {
		case 1:
			i := found[0]
			files[h.file] = strings.Join(slices.Concat(lines[:i], h.new, lines[i+len(h.old):]), "\n")
		case 0:
			return nil, p.moved(h, "these lines are not in it")
		default:
			return nil, p.moved(h, fmt.Sprintf("these lines are in it %d times: give more of the lines around them", len(found)))
		}
	}
	return files, nil
}

func (p *patch) moved(h hunk, why string) error {
	return fmt.Errorf("%s.patch: %w: %s: %s:\n\t%s\n"+
		"make the same mistake in the code as it is now, write it down by git diff -U1 under the head of the patch, and take it back",
		p.name, errMoved, h.file, why, strings.Join(h.old, "\n\t"))
}
