package workflow

import (
	"slices"
	"strings"

	"github.com/looplab/fsm"
)

// add enters a row into the index and describes it to looplab/fsm.
func (m *Machine[S, E]) add(r *Row[S, E]) {
	if !slices.Contains(m.events, r.Event) {
		m.events = append(m.events, r.Event)
		m.labels[r.Event] = r.Label
	}
	if r.Create {
		m.steps[step[S, E]{r.Event, ""}] = r
		if !r.AnyState {
			m.describe(string(r.Event), "", r.To)
		}
		for i := 0; r.AnyState && i < len(m.table.States); i++ {
			to := m.table.States[i].Name
			m.describe(into(r.Event, to), "", to)
		}
		return
	}
	for _, from := range m.table.sources(r) {
		m.steps[step[S, E]{r.Event, from}] = r
		to := r.To
		if r.IsNote() {
			to = from
		}
		m.describe(string(r.Event), from, to)
	}
}

func (m *Machine[S, E]) describe(name string, from, to S) {
	m.descs = append(m.descs, fsm.EventDesc{Name: name, Src: []string{string(from)}, Dst: string(to)})
}

// into names, for looplab/fsm, the event that creates a subject in a chosen
// state. No event of a table can have such a name.
func into[S, E ~string](event E, to S) string { return string(event) + ">" + string(to) }

// summarise prepares what refusals tell: the events of every state and the
// states of every event.
func (m *Machine[S, E]) summarise() {
	names := append([]S{""}, m.States()...)
	for _, e := range m.sorted {
		var where []string
		for _, s := range names {
			if _, ok := m.steps[step[S, E]{e, s}]; !ok {
				continue
			}
			m.allowed[s] = append(m.allowed[s], string(e))
			if s != "" {
				where = append(where, string(s))
			}
		}
		m.where[e] = strings.Join(where, ", ")
	}
}

// reason says in words why the table has no such event from this state.
func (m *Machine[S, E]) reason(event E, from S) string {
	where, known := m.where[event]
	switch {
	case !known:
		return "there is no such event"
	case where == "":
		return "it only creates"
	case from == "":
		return "it creates nothing"
	}
	return "it is possible only in " + where
}
