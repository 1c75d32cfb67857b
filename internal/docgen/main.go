// Docgen writes what follows from the code into the pages of docs: the workflows from
// their tables, the grants from the built-in roles, the deadlines from the rulebook. What
// stands above a page's mark is written by hand and kept.
//
//	go generate ./...
//
// Its tests hold the committed pages against what would be written, and the other pages
// against the code: every piece of Go in them compiles, and every name of the glossary
// is there.
package main

//go:generate go run . ../../docs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// generated are the pages and what writes the part below their mark.
var generated = map[string]func() string{
	"workflows.md": workflows,
	"access.md":    grants,
	"deadlines.md": deadlines,
}

const mark = "<!-- What follows is written by go generate. -->\n"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: docgen folder")
		os.Exit(2)
	}
	for name, write := range generated {
		if err := renew(filepath.Join(os.Args[1], name), write()); err != nil {
			fmt.Fprintln(os.Stderr, "docgen:", err)
			os.Exit(1)
		}
	}
}

// renew replaces what stands below the page's mark.
func renew(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page, err := renewed(string(old), text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, []byte(page), 0o644)
}

func renewed(page, text string) (string, error) {
	head, _, found := strings.Cut(page, mark)
	if !found {
		return "", fmt.Errorf("no line %q", strings.TrimSpace(mark))
	}
	return head + mark + "\n" + strings.TrimSpace(text) + "\n", nil
}
