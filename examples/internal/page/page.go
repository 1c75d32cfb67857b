package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
)

// Page is a report on its way. Add to it from top to bottom, then [Page.Write] it.
type Page struct {
	Title string
	Lead  string // a sentence under the title
	parts []part
	err   error
}

// part is one piece of a page: a heading, a sentence, figures, a table or a chart.
type part struct {
	Heading, Text string
	Figures       []Figure
	Table         *Table
	Chart         template.HTML
	Caption       string
}

// Figure is a number with its name, to be seen at a glance.
type Figure struct{ Name, Value string }

// Table is a table with its header. Columns of numbers stand to the right.
type Table struct {
	Head    []string
	Rows    [][]string
	Numbers int // the first column from which all hold numbers
}

// Number reports whether the column stands to the right.
func (t *Table) Number(column int) bool { return column >= t.Numbers }

// Section begins a section.
func (p *Page) Section(heading string) { p.parts = append(p.parts, part{Heading: heading}) }

// Say adds a sentence.
func (p *Page) Say(format string, args ...any) {
	p.parts = append(p.parts, part{Text: fmt.Sprintf(format, args...)})
}

// Figures adds numbers in large print.
func (p *Page) Figures(f ...Figure) { p.parts = append(p.parts, part{Figures: f}) }

// Table adds a table whose columns hold numbers from the given one on.
func (p *Page) Table(numbers int, head []string, rows [][]string) {
	p.parts = append(p.parts, part{Table: &Table{head, rows, numbers}})
}

//go:embed page.html
var source string

var page = template.Must(template.New("page").Parse(source))

// Write writes the page to a file, which it makes or replaces as a whole.
func (p *Page) Write(path string) error {
	if p.err != nil {
		return p.err
	}
	var b bytes.Buffer
	err := page.Execute(&b, struct {
		*Page
		Parts []part
	}{p, p.parts})
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".page-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(b.Bytes())
	if closing := tmp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}
