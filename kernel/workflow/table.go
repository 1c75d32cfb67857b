package workflow

import (
	"slices"
	"strings"

	"github.com/coverkit/crm/kernel"
)

// Class says whose turn it is in a state. The zero value is no class, and [New]
// refuses it.
type Class uint8

// The classes of states.
const (
	Open    Class = iota + 1 // ours to act
	Waiting                  // the other side's turn
	Ended                    // nothing more to do; left only by a row that says Reopens
)

// String returns "open", "waiting" or "ended", and "unknown" for anything else.
func (c Class) String() string {
	switch c {
	case Open:
		return "open"
	case Waiting:
		return "waiting"
	case Ended:
		return "ended"
	}
	return "unknown"
}

// Live reports whether the class is [Open] or [Waiting].
func (c Class) Live() bool { return c == Open || c == Waiting }

// Label is what people read, in English and in Chinese. Both are required.
type Label struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// In returns the label in the language of a tag such as "en", "zh" or "zh-CN".
// English is what every other language gets.
func (l Label) In(lang string) string {
	if base, _, _ := strings.Cut(strings.ReplaceAll(lang, "_", "-"), "-"); strings.EqualFold(base, "zh") {
		return l.ZH
	}
	return l.EN
}

// State is one state of a table. Its name is a word of letters, digits and
// underscores that starts with a letter, at most [kernel.MaxRef] bytes.
type State[S ~string] struct {
	Name  S
	Class Class
	Label Label
}

// Row is one event and what it does. An event may have several rows, but from
// one state it has exactly one destination.
type Row[S, E ~string] struct {
	Event E // a word, as the names of states are

	// Where it may happen: in the states of From, and with AnyOpen in every
	// state of class Open or Waiting besides. A row that says Create starts from
	// nothing and has neither.
	Create  bool
	From    []S
	AnyOpen bool

	// Where it leads. An empty To makes the row a note, which keeps the state.
	// AnyState is for rows that say Create: the subject may begin in any state,
	// as a running case of an older system does, and To is empty; see
	// [Machine.CreateIn].
	To       S
	AnyState bool

	Reopens bool          // leaves an ended state; required for it, refused on rows that do not
	Who     []kernel.Role // who may give it; at least one
	Guards  []string      // names of the guards, in the order in which they are asked
	Label   Label         // the same in all rows of an event
	Note    string        // one sentence for the handbook
}

// IsNote reports whether the row keeps the state.
func (r Row[S, E]) IsNote() bool { return !r.Create && r.To == "" }

// Table is a whole workflow as data.
type Table[S, E ~string] struct {
	Name   string // a word: "claim"
	Label  Label
	States []State[S]
	Rows   []Row[S, E]
}

// sources lists the states that the row starts from: those that it names, as it
// names them, and then the live ones in the table's order.
func (t *Table[S, E]) sources(r *Row[S, E]) []S {
	if !r.AnyOpen {
		return r.From
	}
	var live []S
	for _, s := range t.States {
		if s.Class.Live() && !slices.Contains(live, s.Name) {
			live = append(live, s.Name)
		}
	}
	return slices.Concat(r.From, live)
}

// clone returns a copy that shares no memory with t.
func (t *Table[S, E]) clone() Table[S, E] {
	c := *t
	c.States = slices.Clone(t.States)
	c.Rows = slices.Clone(t.Rows)
	for i := range c.Rows {
		r := &c.Rows[i]
		r.From, r.Who, r.Guards = slices.Clone(r.From), slices.Clone(r.Who), slices.Clone(r.Guards)
	}
	return c
}
