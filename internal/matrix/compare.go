package matrix

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/coverkit/crm/kernel/workflow"
)

// Compare reads a matrix and tries every event of the machine's table in every
// state and at creation, with guards that object to nothing. It returns one line
// for each difference, sorted; none means that machine and matrix agree. The
// error is that of [Parse].
func Compare[S, E ~string](m *workflow.Machine[S, E], r io.Reader) ([]string, error) {
	matrix, err := Parse(r)
	if err != nil {
		return nil, err
	}
	c := comparison[S, E]{machine: m, want: map[key]string{}}
	c.strangers(matrix)
	for _, e := range m.Events() {
		c.check(Creation, string(e), c.create(e))
		for _, s := range m.States() {
			to, err := m.Fire(context.Background(), s, e, workflow.Pass)
			c.check(string(s), string(e), outcome(string(to), err))
		}
	}
	slices.Sort(c.diffs)
	return c.diffs, nil
}

type key struct{ state, event string }

// refused is the outcome of an event that the machine does not take. No state
// has such a name.
const refused = ""

type comparison[S, E ~string] struct {
	machine *workflow.Machine[S, E]
	want    map[key]string // what the matrix lists
	diffs   []string
}

func (c *comparison[S, E]) add(format string, args ...any) {
	c.diffs = append(c.diffs, fmt.Sprintf(format, args...))
}

// strangers notes what the matrix lists, and reports what only one side knows:
// states and events that the table does not have, states without a heading.
func (c *comparison[S, E]) strangers(matrix Matrix) {
	listed := map[string]bool{}
	for _, h := range matrix {
		listed[h.State] = true
		if h.State != Creation && c.machine.Class(S(h.State)) == 0 {
			c.add("%s: the table has no such state (line %d)", h.State, h.Line)
		}
		for _, e := range h.Events {
			c.want[key{h.State, e.Name}] = e.To
			if !slices.Contains(c.machine.Events(), E(e.Name)) {
				c.add("%s: %s: the table has no such event (line %d)", h.State, e.Name, e.Line)
			}
			if e.To != Any && e.To != h.State && c.machine.Class(S(e.To)) == 0 {
				c.add("%s: %s: the table has no state %s to lead to (line %d)", h.State, e.Name, e.To, e.Line)
			}
		}
	}
	for _, s := range append([]S{Creation}, c.machine.States()...) {
		if !listed[string(s)] {
			c.add("%s: the matrix does not list it", s)
		}
	}
}

// create finds where the event creates: in one state, in any that is named, or
// not at all.
func (c *comparison[S, E]) create(e E) string {
	to, err := c.machine.Create(context.Background(), e, workflow.Pass)
	if err == nil {
		return outcome(string(to), nil)
	}
	for _, s := range c.machine.States() {
		if got, inErr := c.machine.CreateIn(context.Background(), e, s, workflow.Pass); inErr != nil || got != s {
			return outcome("", err)
		}
	}
	return Any
}

// check compares one outcome with what the matrix lists.
func (c *comparison[S, E]) check(state, event, got string) {
	want, listed := c.want[key{state, event}]
	switch {
	case got == refused && listed:
		c.add("%s: %s is refused, the matrix says -> %s", state, event, want)
	case got != refused && !listed:
		c.add("%s: %s leads to %s, the matrix does not list it", state, event, got)
	case got != want:
		c.add("%s: %s leads to %s, the matrix says -> %s", state, event, got, want)
	}
}

// outcome is the state that an event led to. Only a refusal by the table counts
// as one; any other error is an outcome that no matrix can list.
func outcome(to string, err error) string {
	var t *workflow.TransitionError
	switch {
	case err == nil:
		return to
	case errors.As(err, &t):
		return refused
	}
	return "error: " + err.Error()
}
