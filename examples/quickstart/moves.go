package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// showMoves prints what somebody may do with a subject in a state, and why not the rest:
// the answer that a screen shows as buttons.
func showMoves[S, E ~string](p *show.Printer, role kernel.Role, state S, moves workflow.Moves[S, E]) {
	var steps, notes, whyNot []string
	for _, m := range moves.Allowed {
		if m.To == state {
			notes = append(notes, string(m.Event))
		} else {
			steps = append(steps, fmt.Sprintf("%s → %s", m.Event, m.To))
		}
	}
	slices.SortStableFunc(moves.WhyNot, func(a, b workflow.Refusal[S, E]) int { return cmp.Compare(distance(a.Err), distance(b.Err)) })
	for _, r := range moves.WhyNot {
		whyNot = append(whyNot, fmt.Sprintf("%s (%s)", r.Event, show.Clip(r.Reason, 50)))
	}
	p.Note("%s may  %s", role, few(append(steps, notes...), 4))
	p.Note("not yet  %s", few(whyNot, 2))
}

// distance is small for events that are nearly possible: only a guard objects.
func distance(err error) int {
	var table *workflow.TransitionError
	switch {
	case errors.As(err, &table) && table.Guard != "":
		return 0
	case errors.Is(err, crm.ErrForbidden):
		return 2
	}
	return 1
}

// few joins the first of some words.
func few(words []string, n int) string {
	switch {
	case len(words) == 0:
		return "nothing"
	case len(words) <= n:
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s, and %d more", strings.Join(words[:n], ", "), len(words)-n)
}

// moved says how a state changed.
func moved[S ~string](from, to S) string {
	switch from {
	case to:
		return string(to)
	case "":
		return "→ " + string(to)
	}
	return string(from) + " → " + string(to)
}
