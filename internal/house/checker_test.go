package house_test

import (
	"fmt"
	"slices"
	"strings"
)

const module = "github.com/coverkit/crm"

// graph maps the import path of every package to what it imports.
type graph map[string][]string

// matches reports whether a path equals a pattern or, for "x/...", lies under x.
func matches(path string, patterns ...string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		root, deep := strings.CutSuffix(pattern, "/...")
		return path == root || deep && strings.HasPrefix(path, root+"/")
	})
}

// within returns a package's path in this module; the root's is empty.
func within(pkg string) (path string, ours bool) {
	if pkg == module {
		return "", true
	}
	return strings.CutPrefix(pkg, module+"/")
}

func floorOf(path string) (floor, bool) {
	i := slices.IndexFunc(floors, func(f floor) bool { return matches(path, f.packages...) })
	if i < 0 {
		return floor{}, false
	}
	return floors[i], true
}

// show names a package for people.
func show(pkg string) string {
	path, ours := within(pkg)
	switch {
	case ours && path == "":
		return "crm"
	case ours:
		return path
	}
	return pkg
}

// check returns a sentence for every broken rule, in the order of the paths.
func check(g graph) (broken []string) {
	for pkg := range g {
		path, ours := within(pkg)
		if !ours {
			continue
		}
		f, ok := floorOf(path)
		if !ok {
			broken = append(broken, fmt.Sprintf("%s stands on no floor: give it one in internal/house/rules_test.go", show(pkg)))
			continue
		}
		for _, imported := range g[pkg] {
			if reason := f.refuses(path, imported); reason != "" {
				broken = append(broken, fmt.Sprintf("%s imports %s: %s", show(pkg), show(imported), reason))
			}
			for _, r := range reserves {
				if matches(imported, r.imports...) && !matches(path, r.only...) {
					broken = append(broken, fmt.Sprintf("%s imports %s, reserved for %s, because %s",
						show(pkg), imported, strings.Join(r.only, ", "), r.reason))
				}
			}
		}
		if chain := g.reach(pkg, f.away); chain != nil {
			broken = append(broken, fmt.Sprintf("%s (floor %q) must not reach %s, because %s",
				show(pkg), f.name, strings.Join(chain, " → "), f.reason))
		}
	}
	slices.Sort(broken)
	return broken
}

// refuses says why the floor's package at path may not import another of ours,
// or nothing if it may.
func (f floor) refuses(path, imported string) string {
	target, ours := within(imported)
	if !ours {
		return ""
	}
	to, ok := floorOf(target)
	switch {
	case !ok:
		return "it stands on no floor"
	case to.name != f.name && !slices.Contains(f.below, to.name):
		return fmt.Sprintf("floor %q may not use floor %q, because %s", f.name, to.name, f.reason)
	case to.name == f.name && f.apart && !slices.ContainsFunc(f.packages, func(p string) bool {
		return matches(path, p) && matches(target, p)
	}):
		return fmt.Sprintf("%s never import each other, because %s", f.name, f.reason)
	}
	return ""
}

// reach returns the shortest chain of imports from pkg to a forbidden package,
// without pkg itself, or nil. It does not go through packages of ours: those
// answer for themselves, so that a fault is told once and where it is.
func (g graph) reach(pkg string, forbidden []string) []string {
	from := map[string]string{pkg: ""}
	for queue := []string{pkg}; len(queue) > 0; queue = queue[1:] {
		for _, next := range g[queue[0]] {
			if _, seen := from[next]; seen {
				continue
			}
			from[next] = queue[0]
			if !matches(next, forbidden...) {
				if _, ours := within(next); !ours {
					queue = append(queue, next)
				}
				continue
			}
			var chain []string
			for at := next; at != pkg; at = from[at] {
				chain = append(chain, show(at))
			}
			slices.Reverse(chain)
			return chain
		}
	}
	return nil
}
