package workflow

import "github.com/coverkit/crm/kernel"

// source checks where a row starts, and that no other row has the same event
// from the same state.
func (l *linter[S, E]) source(at *kernel.FieldErrors, i int) {
	r := &l.table.Rows[i]
	if r.Create {
		if len(r.From) > 0 || r.AnyOpen {
			at.Add("from", "conflict", "a row that creates starts from no state")
		}
		l.claim(at, "create", step[S, E]{r.Event, ""}, i)
		return
	}
	if len(r.From) == 0 && !r.AnyOpen {
		at.Add("from", "required", "names no state and does not create")
	}
	for n, s := range r.From {
		if _, ok := l.class[s]; !ok {
			at.Index("from", n).Add("", "unknown", "the table has no state %q", s)
		}
	}
	for _, s := range l.table.sources(r) {
		l.claim(at, "from", step[S, E]{r.Event, s}, i)
	}
}

func (l *linter[S, E]) claim(at *kernel.FieldErrors, path string, s step[S, E], i int) {
	first, taken := l.owner[s]
	switch {
	case !taken:
		l.owner[s] = i
	case s.from == "":
		at.Add(path, "duplicate", "rows[%d] creates with %q already", first, s.event)
	default:
		at.Add(path, "duplicate", "rows[%d] has %q from %q already", first, s.event, s.from)
	}
}

// target checks where a row leads, and that ended states are left only by rows
// that say so.
func (l *linter[S, E]) target(at *kernel.FieldErrors, r *Row[S, E]) {
	if _, ok := l.class[r.To]; !ok && r.To != "" {
		at.Add("to", "unknown", "the table has no state %q", r.To)
	}
	switch {
	case r.AnyState && !r.Create:
		at.Add("any_state", "conflict", "only a row that creates may lead to any state")
	case r.AnyState && r.To != "":
		at.Add("to", "conflict", "leads to any state and to %q", r.To)
	case r.Create && !r.AnyState && r.To == "":
		at.Add("to", "required", "creates in no state")
	}
	leaves := false
	for _, s := range l.table.sources(r) {
		if r.Create || r.IsNote() || s == r.To || l.class[s] != Ended {
			continue
		}
		leaves = true
		if !r.Reopens {
			at.Add("reopens", "reopens", "leaves the ended state %q and does not say that it reopens", s)
		}
	}
	if r.Reopens && !leaves {
		at.Add("reopens", "reopens", "leaves no ended state")
	}
}

// reach finds the states that no chain of events leads to. A row that creates in
// any state proves nothing about the way there, so it does not count.
func (l *linter[S, E]) reach() {
	seen := map[S]bool{}
	for i := range l.table.Rows {
		if r := &l.table.Rows[i]; r.Create && r.To != "" {
			seen[r.To] = true
		}
	}
	if len(seen) == 0 {
		l.Add("rows", "required", "no row creates in a state of its own")
		return
	}
	for grown := true; grown; {
		grown = false
		for i := range l.table.Rows {
			r := &l.table.Rows[i]
			if r.Create || r.IsNote() || seen[r.To] {
				continue
			}
			for _, s := range l.table.sources(r) {
				if seen[s] {
					seen[r.To], grown = true, true
				}
			}
		}
	}
	for i, s := range l.table.States {
		if !seen[s.Name] {
			l.Index("states", i).Add("", "unreachable", "no chain of events leads to %q", s.Name)
		}
	}
}

// deadEnds finds the states in which somebody is to act but nothing leads on.
func (l *linter[S, E]) deadEnds() {
	leaves := map[S]bool{}
	for i := range l.table.Rows {
		r := &l.table.Rows[i]
		if r.Create || r.IsNote() {
			continue
		}
		for _, s := range l.table.sources(r) {
			leaves[s] = leaves[s] || s != r.To
		}
	}
	for i, s := range l.table.States {
		if s.Class.Live() && !leaves[s.Name] {
			l.Index("states", i).Add("", "dead_end", "%q is %s and no event leads out of it", s.Name, s.Class)
		}
	}
}
