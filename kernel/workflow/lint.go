package workflow

import (
	"slices"
	"strings"

	"github.com/coverkit/crm/kernel"
)

// linter gathers the faults of a table.
type linter[S, E ~string] struct {
	kernel.FieldErrors
	table  *Table[S, E]
	class  map[S]Class
	owner  map[step[S, E]]int // the row that has the event from the state
	labels map[E]Label
}

// lint returns every fault of the table, or nil.
func lint[S, E ~string](t *Table[S, E]) error {
	l := &linter[S, E]{
		table: t, class: map[S]Class{}, owner: map[step[S, E]]int{}, labels: map[E]Label{},
	}
	l.word(&l.FieldErrors, "name", t.Name)
	l.label(&l.FieldErrors, t.Label)
	for i := range t.States {
		l.state(l.Index("states", i), &t.States[i])
	}
	for i := range t.Rows {
		at := l.Index("rows", i)
		l.row(at, &t.Rows[i])
		l.source(at, i)
		l.target(at, &t.Rows[i])
	}
	l.reach()
	l.deadEnds()
	return l.Err()
}

func (l *linter[S, E]) state(at *kernel.FieldErrors, s *State[S]) {
	l.word(at, "name", string(s.Name))
	l.label(at, s.Label)
	if !s.Class.Live() && s.Class != Ended {
		at.Add("class", "required", "is none of Open, Waiting, Ended")
	}
	before, twice := l.class[s.Name]
	switch {
	case !twice:
		l.class[s.Name] = s.Class
	case before != s.Class:
		at.Add("class", "conflict", "%q is both %s and %s", s.Name, before, s.Class)
	default:
		at.Add("name", "duplicate", "%q is listed twice", s.Name)
	}
}

// row checks what a row says about itself, its place in the graph apart.
func (l *linter[S, E]) row(at *kernel.FieldErrors, r *Row[S, E]) {
	l.word(at, "event", string(r.Event))
	l.label(at, r.Label)
	if first, ok := l.labels[r.Event]; !ok {
		l.labels[r.Event] = r.Label
	} else if first != r.Label {
		at.Add("label", "conflict", "%q has another label in an earlier row", r.Event)
	}
	if strings.TrimSpace(r.Note) == "" {
		at.Add("note", "required", "has no sentence for the handbook")
	}
	if len(r.Who) == 0 || slices.Contains(r.Who, "") {
		at.Add("who", "required", "names nobody who may give %q", r.Event)
	}
	for i, g := range r.Guards {
		if strings.TrimSpace(g) == "" {
			at.Index("guards", i).Add("", "required", "is an empty name")
		} else if slices.Index(r.Guards, g) != i {
			at.Index("guards", i).Add("", "duplicate", "%q is asked twice", g)
		}
	}
}

// word checks a name. Diagrams, matrices and stored records hold names as they
// are, so they are plain words.
func (l *linter[S, E]) word(at *kernel.FieldErrors, path, name string) {
	letter := func(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
	ok := name != "" && len(name) <= kernel.MaxRef && letter(name[0])
	for i := 0; ok && i < len(name); i++ {
		c := name[i]
		ok = letter(c) || '0' <= c && c <= '9' || c == '_'
	}
	if !ok {
		at.Add(path, "format", "%q is not a word of letters, digits and underscores", name)
	}
}

func (l *linter[S, E]) label(at *kernel.FieldErrors, label Label) {
	if strings.TrimSpace(label.EN) == "" {
		at.Add("label.en", "required", "is empty")
	}
	if strings.TrimSpace(label.ZH) == "" {
		at.Add("label.zh", "required", "is empty")
	}
}
