package workflow

// Move is an event that is possible now.
type Move[S, E ~string] struct {
	Event E     `json:"event"`
	To    S     `json:"to"` // the same state for a note
	Label Label `json:"label"`
}

// Refusal is an event that is not possible now, and why.
type Refusal[S, E ~string] struct {
	Event  E      `json:"event"`
	Label  Label  `json:"label"`
	Reason string `json:"reason"` // for people
	Err    error  `json:"-"`      // what Fire, or the check, returned
}

// Moves is what can be done with a subject and what cannot. Every event of the
// table is in exactly one of the lists; both are sorted by the event's name.
type Moves[S, E ~string] struct {
	Allowed []Move[S, E]    `json:"allowed"`
	WhyNot  []Refusal[S, E] `json:"why_not"`
}

// Moves tries every event from a stored state without changing anything. check is
// asked about every row that the table has from this state, before its guards: it
// is where a caller looks whether the actor may give the event. nil checks
// nothing. guard is as in [Machine.Fire], and what is allowed here is what Fire
// would do. From a state that the table does not know, nothing is allowed.
func (m *Machine[S, E]) Moves(from S, check func(row Row[S, E]) error, guard func(name string) error) Moves[S, E] {
	out := Moves[S, E]{Allowed: []Move[S, E]{}, WhyNot: []Refusal[S, E]{}} // [] rather than null in JSON
	for _, event := range m.sorted {
		to, err := m.try(from, event, check, guard)
		label := m.EventLabel(event)
		if err == nil {
			out.Allowed = append(out.Allowed, Move[S, E]{Event: event, To: to, Label: label})
			continue
		}
		out.WhyNot = append(out.WhyNot, Refusal[S, E]{Event: event, Label: label, Reason: reasonOf(err), Err: err})
	}
	return out
}

func (m *Machine[S, E]) try(from S, event E, check func(Row[S, E]) error, guard func(string) error) (S, error) {
	if row, ok := m.Row(event, from); ok && from != "" && check != nil {
		if err := check(row); err != nil {
			return "", err
		}
	}
	return m.fire(from, event, guard)
}

// reasonOf is the short form of an error: the workflow, event and state of a
// refusal are known where it is shown.
func reasonOf(err error) string {
	if e, ok := err.(*TransitionError); ok {
		return e.Reason
	}
	return err.Error()
}
