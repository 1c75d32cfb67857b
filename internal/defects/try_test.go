package main

import (
	"errors"
	"strings"
	"testing"
)

// A module as small as can be, with a test that sees one mistake and not the other.
var shop = map[string]string{
	"go.mod":  "module shop\n\ngo 1.26\n",
	"shop.go": "package shop\n\nfunc Price(n int) int {\n\treturn 3 * n\n}\n\nfunc Open() bool {\n\treturn true\n}\n",
	"shop_test.go": `package shop

import "testing"

func TestPrice(t *testing.T) {
	if got := Price(2); got != 6 {
		t.Errorf("two cost %d", got)
	}
}

func TestLater(t *testing.T) { t.Skip("closed") }
`,
}

func TestTry(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds programs")
	}
	dir := t.TempDir()
	for name, text := range shop {
		put(t, dir, name, text)
	}
	w := &workshop{root: dir, temp: t.TempDir()}
	defect := func(name, old, new, run string) *patch {
		return &patch{name: name, pkg: ".", run: run, hunks: []hunk{{"shop.go", []string{old}, []string{new}}}}
	}
	for _, c := range []struct {
		defect     *patch
		want, said string
	}{
		{defect("dear", "\treturn 3 * n", "\treturn 4 * n", "TestPrice"), caught, `shop_test.go:7: two cost 8`},
		{defect("shut", "\treturn true", "\treturn false", "TestPrice"), survived, ""},
		{defect("type", "\treturn 3 * n", "\treturn 3.5 * n", "TestPrice"), unbuilt, ""},
		{defect("gone", "\treturn 5 * n", "\treturn 4 * n", "TestPrice"), moved, ""},
		{defect("init", "package shop", "package shop\n\nvar _ = func() int { panic(1) }()", "TestPrice"), failed, ""},
	} {
		if v := w.try(t.Context(), c.defect); v.what != c.want || v.said != c.said {
			t.Errorf("%s: %s, %q\n%s", c.defect.name, v.what, v.said, v.output)
		}
	}
	for name, text := range shop {
		if got := read(t, dir, name); got != text {
			t.Errorf("%s was changed: %s", name, got)
		}
	}

	list := []*patch{defect("a", "", "", "TestPrice"), defect("b", "", "", "TestLater")}
	if w.sound(t.Context(), list, 2, func() {}); len(w.failing) != 0 {
		t.Errorf("without defects: %v", w.failing)
	}
	put(t, dir, "shop.go", strings.Replace(shop["shop.go"], "3", "5", 1))
	if w.sound(t.Context(), list, 2, func() {}); !strings.Contains(w.failing["."], "two cost 10") {
		t.Errorf("of a test that fails anyway: %v", w.failing)
	}
	if v := w.try(t.Context(), defect("late", "\treturn true", "\treturn false", "TestPrice")); v.what != anyway {
		t.Errorf("a defect of a test that fails anyway: %s", v.what)
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	ended := errors.New("exit status 2")
	for name, c := range map[string]struct {
		out  string
		err  error
		want string
	}{
		"a complaint":   {"=== RUN   TestA\n    a_test.go:7: wrong\n--- FAIL: TestA (0.00s)\nFAIL\n", ended, caught},
		"a panic":       {"=== RUN   TestA\n--- FAIL: TestA (0.00s)\npanic: oops\n", ended, caught},
		"no complaint":  {"=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\n", nil, survived},
		"skipped":       {"=== RUN   TestA\n    a_test.go:7: no server\n--- SKIP: TestA (0.00s)\nPASS\n", nil, skipped},
		"no test":       {"testing: warning: no tests to run\nPASS\n", nil, unheard},
		"no end":        {"=== RUN   TestA\n--- FAIL: TestA\npanic: test timed out after 2m0s\n", ended, hangs},
		"no beginning":  {"panic: at init\n", ended, failed},
		"out of memory": {"=== RUN   TestA\nfatal error: out of memory\n", ended, failed},
	} {
		if v := judge(c.out, c.err); v.what != c.want || (v.said != "") != (c.want == caught) {
			t.Errorf("%s: %s, %q", name, v.what, v.said)
		}
	}
}
