package workflow_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// What a role may not do is refused before any guard is asked, and only rows
// that the state has are checked at all.
func TestMovesChecksTheActorBeforeTheGuards(t *testing.T) {
	t.Parallel()
	var checked []Event
	moves := claims.Moves(filed, func(r workflow.Row[State, Event]) error {
		checked = append(checked, r.Event)
		return kernel.ErrForbidden
	}, func(name string) error {
		t.Errorf("guard %q asked", name)
		return nil
	})
	if want := []Event{approve, assign, shut, decline, request}; !slices.Equal(checked, want) {
		t.Errorf("checked %q, want %q", checked, want)
	}
	if len(moves.Allowed) != 0 || len(moves.WhyNot) != len(claims.Events()) {
		t.Errorf("moves = %+v, want refusals only", moves)
	}
	for _, w := range moves.WhyNot {
		if got := errors.Is(w.Err, kernel.ErrForbidden); got != slices.Contains(checked, w.Event) {
			t.Errorf("%s: %v", w.Event, w.Err)
		}
	}
}

func TestMovesReadWellAsJSON(t *testing.T) {
	t.Parallel()
	moves := claims.Moves(closed, nil, workflow.Pass)
	moves.WhyNot = moves.WhyNot[:1]
	got, err := json.Marshal(moves)
	const want = `{"allowed":[{"event":"Reassess","to":"filed","label":{"en":"Reassess","zh":"重新核定"}},` +
		`{"event":"Remark","to":"closed","label":{"en":"Remark","zh":"备注"}}],` +
		`"why_not":[{"event":"Adopt","label":{"en":"Adopt","zh":"迁入"},"reason":"it only creates"}]}`
	if err != nil || string(got) != want {
		t.Errorf("JSON = %s, %v\nwant   %s", got, err, want)
	}
}
