package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

func TestARefusalTellsWhatIsAllowed(t *testing.T) {
	t.Parallel()
	over := fmt.Errorf("over the limit: %w", kernel.ErrForbidden)
	strict := func(name string) error {
		if name == "within authority" {
			return over
		}
		return nil
	}
	live := []string{"Approve", "Assign", "Close", "Decline", "RequestDocuments"}
	tests := []struct {
		name  string
		from  State
		event Event
		want  workflow.TransitionError
	}{
		{"an event of another state", filed, file,
			workflow.TransitionError{From: "filed", Event: "File", Allowed: live, Reason: "it is possible only in reported"}},
		{"an event that only creates", filed, report,
			workflow.TransitionError{From: "filed", Event: "Report", Allowed: live, Reason: "it only creates"}},
		{"an event that nobody knows", filed, "Shred",
			workflow.TransitionError{From: "filed", Event: "Shred", Allowed: live, Reason: "there is no such event"}},
		{"a guard that objects", filed, approve,
			workflow.TransitionError{From: "filed", Event: "Approve", Allowed: live, Guard: "within authority",
				Reason: "over the limit: forbidden"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			to, err := claims.Fire(t.Context(), tt.from, tt.event, strict)
			var refusal *workflow.TransitionError
			if to != "" || !errors.Is(err, kernel.ErrState) || !errors.As(err, &refusal) {
				t.Fatalf("Fire = %q, %v; want a refusal", to, err)
			}
			tt.want.Workflow = "claim"
			if d := cmp.Diff(tt.want, *refusal, cmpopts.IgnoreUnexported(workflow.TransitionError{})); d != "" {
				t.Errorf("refusal (-want +got):\n%s", d)
			}
			if byGuard := tt.want.Guard != ""; errors.Is(err, over) != byGuard || errors.Is(err, kernel.ErrForbidden) != byGuard {
				t.Errorf("the guard's own error found in %v: want %v", err, byGuard)
			}
		})
	}
}

func TestGuardsAreAskedInOrderUntilOneObjects(t *testing.T) {
	t.Parallel()
	var asked []string
	_, err := claims.Fire(t.Context(), filed, approve, func(name string) error {
		asked = append(asked, name)
		return nil
	})
	if want := []string{"checks passed", "within authority"}; err != nil || !slices.Equal(asked, want) {
		t.Errorf("asked %q, error %v; want %q", asked, err, want)
	}
	asked = nil
	_, err = claims.Fire(t.Context(), filed, approve, func(name string) error {
		asked = append(asked, name)
		return errors.New("no")
	})
	if want := []string{"checks passed"}; !errors.Is(err, kernel.ErrState) || !slices.Equal(asked, want) {
		t.Errorf("asked %q, error %v; want %q and a refusal", asked, err, want)
	}
	asked = nil
	if _, err = claims.Fire(t.Context(), reported, approve, func(string) error { asked = []string{"x"}; return nil }); asked != nil {
		t.Errorf("guards asked for an event that the table refuses (%v)", err)
	}
}

func TestWithoutAnswerAGuardObjects(t *testing.T) {
	t.Parallel()
	if to, err := claims.Fire(t.Context(), reported, file, nil); !errors.Is(err, kernel.ErrState) {
		t.Errorf("File without guards answered = %q, %v; want a refusal", to, err)
	}
	if to, err := claims.Fire(t.Context(), filed, request, nil); to != pending || err != nil {
		t.Errorf("an event without guards = %q, %v; want %q", to, err, pending)
	}
}

func TestCreation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for _, s := range claims.States() {
		if to, err := claims.CreateIn(ctx, adopt, s, nil); to != s || err != nil {
			t.Errorf("CreateIn(Adopt, %q) = %q, %v", s, to, err)
		}
		to, err := claims.CreateIn(ctx, report, s, nil)
		if s == reported && (to != reported || err != nil) || s != reported && !errors.Is(err, kernel.ErrState) {
			t.Errorf("CreateIn(Report, %q) = %q, %v", s, to, err)
		}
	}
	var refusal *workflow.TransitionError
	_, err := claims.Create(ctx, adopt, nil)
	if !errors.As(err, &refusal) || refusal.From != "" || !slices.Equal(refusal.Allowed, []string{"Adopt", "Report"}) {
		t.Errorf("Create(Adopt) without a state: %v", err)
	}
	_, err = claims.CreateIn(ctx, file, reported, nil)
	if !errors.As(err, &refusal) {
		t.Errorf("CreateIn(File): %v", err)
	}
	for _, e := range []Event{"", "-", "Shred", "Adopt>filed", "Adopt>"} {
		if to, err := claims.Create(ctx, e, workflow.Pass); !errors.As(err, &refusal) {
			t.Errorf("Create(%q) = %q, %v; want a refusal", e, to, err)
		}
	}
	var unknown *workflow.UnknownStateError
	if _, err := claims.CreateIn(ctx, adopt, "lost", nil); !errors.As(err, &unknown) {
		t.Errorf("CreateIn an unknown state: %v", err)
	}
}

// A record whose state no table knows is damaged. That is told as such, and not
// as a refusal of this one event.
func TestAnUnknownStoredState(t *testing.T) {
	t.Parallel()
	for _, s := range []State{"", "lost", "Filed", State(strings.Repeat("损", 40))} {
		_, err := claims.Fire(t.Context(), s, assign, workflow.Pass)
		var unknown *workflow.UnknownStateError
		var refusal *workflow.TransitionError
		if !errors.As(err, &unknown) || unknown.State != string(s) || errors.As(err, &refusal) || !errors.Is(err, kernel.ErrState) {
			t.Errorf("Fire from %q: %v", s, err)
		}
		if text := err.Error(); len(text) > 150 || !utf8.ValidString(text) || strings.Contains(text, `\x`) {
			t.Errorf("the text is long or broken: %s", text)
		}
		moves := claims.Moves(s, func(r workflow.Row[State, Event]) error {
			t.Errorf("from %q the row of %s is checked", s, r.Event)
			return nil
		}, workflow.Pass)
		if len(moves.Allowed) != 0 || len(moves.WhyNot) != len(claims.Events()) {
			t.Errorf("Moves from %q: %+v", s, moves)
		}
	}
}

func TestAContextThatIsOverComesFirst(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() (State, error){
		"Fire":               func() (State, error) { return claims.Fire(ctx, reported, file, workflow.Pass) },
		"Fire, unknown":      func() (State, error) { return claims.Fire(ctx, "lost", "Shred", workflow.Pass) },
		"Create":             func() (State, error) { return claims.Create(ctx, report, workflow.Pass) },
		"CreateIn, no state": func() (State, error) { return claims.CreateIn(ctx, adopt, "lost", workflow.Pass) },
	}
	for name, call := range calls {
		if to, err := call(); to != "" || !errors.Is(err, context.Canceled) || errors.Is(err, kernel.ErrState) {
			t.Errorf("%s = %q, %v; want context.Canceled alone", name, to, err)
		}
	}
	// The machines are as good as new.
	if to, err := claims.Fire(t.Context(), reported, file, workflow.Pass); to != filed || err != nil {
		t.Errorf("afterwards File = %q, %v", to, err)
	}
}

func TestAGuardThatRunsOutOfTimeIsNoRefusal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	<-ctx.Done()
	_, err := claims.Fire(t.Context(), reported, file, func(string) error { return fmt.Errorf("lookup: %w", ctx.Err()) })
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, kernel.ErrState) {
		t.Errorf("error = %v, want the deadline's alone", err)
	}
}
