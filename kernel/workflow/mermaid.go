package workflow

import (
	"fmt"
	"strings"
)

// Mermaid draws the workflow as a Mermaid state diagram (stateDiagram-v2) in the
// language of a tag such as "en" or "zh". States come in the table's order,
// transitions in the order of their states; two events with the same ends share
// an arrow. Waiting states have the class "waiting", ended ones lead to the end.
// Notes are listed in comments, because an arrow for each would hide the rest.
// The same table always gives the same text.
func (m *Machine[S, E]) Mermaid(lang string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "stateDiagram-v2\n    %%%% %s\n", plain(m.table.Label.In(lang)))
	for _, s := range m.table.States {
		fmt.Fprintf(&b, "    state \"%s\" as %s\n", escape(s.Label.In(lang)), s.Name)
	}
	m.arrows(&b, "", "[*]", lang)
	for _, s := range m.table.States {
		m.arrows(&b, s.Name, string(s.Name), lang)
		if s.Class == Ended {
			fmt.Fprintf(&b, "    %s --> [*]\n", s.Name)
		}
	}
	m.comments(&b, lang)
	if waiting := m.States(Waiting); len(waiting) > 0 {
		b.WriteString("    classDef waiting stroke-dasharray: 5 5\n")
		for _, s := range waiting {
			fmt.Fprintf(&b, "    class %s waiting\n", s)
		}
	}
	return b.String()
}

// arrows draws what leads out of a state, one arrow for each destination.
func (m *Machine[S, E]) arrows(b *strings.Builder, from S, name, lang string) {
	var order []S
	labels := map[S][]string{}
	for _, event := range m.events {
		r, ok := m.steps[step[S, E]{event, from}]
		if !ok || r.To == "" {
			continue
		}
		if labels[r.To] == nil {
			order = append(order, r.To)
		}
		labels[r.To] = append(labels[r.To], escape(r.Label.In(lang)))
	}
	for _, to := range order {
		fmt.Fprintf(b, "    %s --> %s : %s\n", name, to, strings.Join(labels[to], " / "))
	}
}

// comments lists the rows that have no arrow.
func (m *Machine[S, E]) comments(b *strings.Builder, lang string) {
	for i := range m.table.Rows {
		r := &m.table.Rows[i]
		switch {
		case r.AnyState:
			fmt.Fprintf(b, "    %%%% creates in any state: %s\n", plain(r.Label.In(lang)))
		case r.IsNote():
			var where []string
			for _, s := range r.From {
				where = append(where, string(s))
			}
			if r.AnyOpen {
				where = append(where, "any open")
			}
			fmt.Fprintf(b, "    %%%% note: %s (%s)\n", plain(r.Label.In(lang)), strings.Join(where, ", "))
		}
	}
}

// entities replaces what has a meaning in Mermaid by its code.
var entities = strings.NewReplacer("#", "#35;", ";", "#59;", ":", "#58;", `"`, "#34;",
	"<", "#60;", ">", "#62;", "%", "#37;")

// escape makes a label safe between quotes and after a colon.
func escape(s string) string { return entities.Replace(plain(s)) }

// plain puts a label on one line.
func plain(s string) string { return strings.Join(strings.Fields(s), " ") }
