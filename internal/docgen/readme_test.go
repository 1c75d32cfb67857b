package main

import (
	"regexp"
	"strings"
	"testing"
)

var inFolder = regexp.MustCompile(`filepath\.Join\(dir, ("[^"]*")\)`)

// The first program of the README is the tested Example, but for its temporary folder,
// and it prints what the Example prints.
func TestFirstProgramIsTheExample(t *testing.T) {
	t.Parallel()
	source := read(t, "../../example_test.go")
	_, source, found := strings.Cut(source, "\nfunc Example() {\n")
	body, rest, ends := strings.Cut(source, "\t// Output:\n")
	output, _, closes := strings.Cut(rest, "}\n")
	_, body, folder := strings.Cut(body, "\n\n")
	if !found || !ends || !closes || !folder {
		t.Fatal("the Example has another form")
	}
	body = inFolder.ReplaceAllString(body, "$1")
	output = strings.ReplaceAll(output, "\t// ", "")
	for _, page := range []string{"../../README.md", "../../README.zh-CN.md"} {
		text := read(t, page)
		if !strings.Contains(text, "\nfunc main() {\n"+body+"}\n") {
			t.Errorf("%s: the first program is not the body of Example:\n%s", page, body)
		}
		if !strings.Contains(text, "```\n"+output+"```\n") {
			t.Errorf("%s: does not show what it prints:\n%s", page, output)
		}
	}
}
