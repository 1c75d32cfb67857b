package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// fireOrPanic reports a guard's panic as what it was.
func fireOrPanic(m *workflow.Machine[State, Event], guard func(string) error) (to State, err error, panicked any) {
	defer func() { panicked = recover() }()
	to, err = m.Fire(context.Background(), reported, file, guard)
	return to, err, nil
}

func TestAPanicOfAGuardReachesTheCallerAndHurtsNobody(t *testing.T) {
	t.Parallel()
	m := workflow.Must(workflow.New(small()))
	for i := range 100 {
		_, _, panicked := fireOrPanic(m, func(string) error { panic(i) })
		if panicked != i {
			t.Fatalf("panic = %v, want %d", panicked, i)
		}
		if to, err := m.Fire(t.Context(), reported, file, workflow.Pass); to != filed || err != nil {
			t.Fatalf("after a panic File = %q, %v", to, err)
		}
	}
}

// A guard may end its goroutine, as t.Fatal does, with a machine in hand.
func TestAGuardThatEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	m := workflow.Must(workflow.New(small()))
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = m.Fire(context.Background(), reported, file, func(string) error { runtime.Goexit(); return nil })
	})
	wg.Wait()
	if to, err := m.Fire(t.Context(), reported, file, workflow.Pass); to != filed || err != nil {
		t.Errorf("afterwards File = %q, %v", to, err)
	}
}

// A guard may ask the same workflow about another subject.
func TestAGuardThatFiresItself(t *testing.T) {
	t.Parallel()
	to, err := claims.Fire(t.Context(), reported, file, func(string) error {
		inner, err := claims.Fire(t.Context(), filed, approve, workflow.Pass)
		if inner != approved {
			return fmt.Errorf("inner = %q, %w", inner, err)
		}
		return nil
	})
	if to != filed || err != nil {
		t.Errorf("File = %q, %v", to, err)
	}
}

// Everybody uses one machine at once, everybody gets an own answer. Run it with
// the race detector.
func TestManyGoroutinesShareOneMachine(t *testing.T) {
	t.Parallel()
	m := workflow.Must(workflow.New(small()))
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Go(func() {
			own := fmt.Errorf("objection of %d", g)
			for i := range 200 {
				var ok bool
				var err error
				var to State
				switch (g + i) % 5 {
				case 0:
					to, err = m.Fire(t.Context(), reported, file, workflow.Pass)
					ok = to == filed && err == nil
				case 1:
					to, err = m.Fire(t.Context(), reported, file, func(string) error { return own })
					ok = errors.Is(err, own)
				case 2:
					to, err = m.Fire(t.Context(), approved, file, workflow.Pass)
					ok = errors.Is(err, kernel.ErrState) && !errors.Is(err, own)
				case 3:
					_, _, panicked := fireOrPanic(m, func(string) error { panic(own) })
					ok = panicked == own
				case 4:
					moves := m.Moves(closed, nil, workflow.Pass)
					ok = len(moves.Allowed) == 2 && len(moves.WhyNot) == 9
				}
				if !ok {
					t.Errorf("goroutine %d, round %d: %q, %v", g, i, to, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
