package show

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// Printer prints for people. The first error of its writer is kept, and nothing is
// printed after it; see [Printer.Err].
type Printer struct {
	w      io.Writer
	colour bool
	begun  bool
	err    error
}

// To returns a printer. It prints in colour when w is a terminal, unless the environment
// forbids it.
func To(w io.Writer) *Printer {
	f, ok := w.(*os.File)
	plain := os.Getenv("NO_COLOR") != ""
	return &Printer{w: w, colour: ok && !plain && term.IsTerminal(int(f.Fd()))}
}

// Err returns what went wrong with printing.
func (p *Printer) Err() error { return p.err }

func (p *Printer) print(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

func (p *Printer) styled(style, s string) string {
	if !p.colour || s == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// Section begins a section.
func (p *Printer) Section(title string) {
	if p.begun {
		p.print("\n")
	}
	p.begun = true
	p.print("%s\n%s\n", p.styled("1", title), strings.Repeat("─", Width(title)))
}

// Say prints a line.
func (p *Printer) Say(format string, args ...any) {
	p.begun = true
	p.print("%s\n", fmt.Sprintf(format, args...))
}

// Note prints a line that belongs to the one before and is less important.
func (p *Printer) Note(format string, args ...any) {
	p.print("    %s\n", p.styled("2", fmt.Sprintf(format, args...)))
}

// Block prints a text of several lines, indented.
func (p *Printer) Block(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		p.print("    %s", line)
	}
}

// JSON writes facts as one line of JSON.
func JSON(w io.Writer, facts any) error {
	doc, err := json.Marshal(facts)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", doc)
	return err
}
