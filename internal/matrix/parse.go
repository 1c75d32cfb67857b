package matrix

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/coverkit/crm/kernel"
)

// The headings and destinations that are not states.
const (
	Creation = "-" // heading: a subject that does not exist yet
	Any      = "*" // destination, under Creation only: whichever state the caller names
)

// Matrix is a parsed file: the headings in their order.
type Matrix []Heading

// Heading is a state, or [Creation], with the events that are possible in it.
type Heading struct {
	State  string
	Line   int // in the file, from 1
	Events []Event
}

// Event is one possible event and where it leads.
type Event struct {
	Name string
	To   string // the heading's own state for a note
	Line int
}

var (
	heading = regexp.MustCompile(`^(-|[A-Za-z][A-Za-z0-9_]*):$`)
	event   = regexp.MustCompile(`^[ \t]+([A-Za-z][A-Za-z0-9_]*)[ \t]*(=|->[ \t]*(\*|[A-Za-z][A-Za-z0-9_]*))$`)
)

// Parse reads a matrix. Every malformed line is a fault of the
// [kernel.FieldErrors] that come back, at a path such as "line 7": a line that is
// neither heading nor event, an event before the first heading, a heading or
// event given twice, a note or a move to [Any] where they have no meaning, and a
// move to the state itself, which is written as a note. A reader's own error
// comes back as it is.
func Parse(r io.Reader) (Matrix, error) {
	p := parser{headings: map[string]bool{}, events: map[string]bool{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimRight(text, " \t\r"); text != "" {
			p.line(n, text)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("matrix: %w", err)
	}
	if err := p.faults.Err(); err != nil {
		return nil, fmt.Errorf("matrix: %w", err)
	}
	return p.matrix, nil
}

type parser struct {
	matrix   Matrix
	headings map[string]bool
	events   map[string]bool // of the last heading
	faults   kernel.FieldErrors
}

func (p *parser) line(n int, text string) {
	at := fmt.Sprintf("line %d", n)
	if h := heading.FindStringSubmatch(text); h != nil {
		if p.headings[h[1]] {
			p.faults.Add(at, "duplicate", "the heading %q comes twice", h[1])
		}
		p.headings[h[1]] = true
		p.matrix = append(p.matrix, Heading{State: h[1], Line: n})
		clear(p.events)
		return
	}
	e := event.FindStringSubmatch(text)
	if e == nil {
		p.faults.Add(at, "format", `is neither "state:" nor indented "Event -> state" nor "Event ="`)
		return
	}
	if len(p.matrix) == 0 {
		p.faults.Add(at, "format", "%q comes before the first heading", e[1])
		return
	}
	h := &p.matrix[len(p.matrix)-1]
	p.event(at, h, Event{Name: e[1], To: e[3], Line: n})
}

// event adds what an event line says to its heading.
func (p *parser) event(at string, h *Heading, e Event) {
	note := e.To == ""
	switch {
	case p.events[e.Name]:
		p.faults.Add(at, "duplicate", "%q comes twice under %q", e.Name, h.State)
	case note && h.State == Creation:
		p.faults.Add(at, "format", "%q keeps no state: there is none before creation", e.Name)
	case e.To == Any && h.State != Creation:
		p.faults.Add(at, "format", "%q may lead to any state only at creation", e.Name)
	case e.To == h.State:
		p.faults.Add(at, "format", "%q keeps the state: write %q", e.Name, e.Name+" =")
	}
	if note {
		e.To = h.State
	}
	p.events[e.Name] = true
	h.Events = append(h.Events, e)
}
