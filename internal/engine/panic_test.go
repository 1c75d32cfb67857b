package engine_test

import (
	"context"
	"errors"
	"testing"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// TestPanicOfAReaction undoes the command that it follows from, which says in which of the
// commands it happened; the next command finds everything as it was.
func TestPanicOfAReaction(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	armed := true
	o.React(engine.On{Kind: "letter", Event: "Send"}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		if armed {
			_ = []int{1, 2}[len(h.Kind)]
		}
		return nil
	})
	l, err := write(ctx, o, draft{To: "c-1", Text: privacy.New("dear all")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = send(ctx, o, l.ID, kernel.Key("k-1"))
	var pe *kernel.PanicError
	if !errors.As(err, &pe) || pe.Action != "letter.Send" {
		t.Fatalf("got %v", err)
	}
	if n := len(history(t, ctx, o, l.ID)); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
	armed = false
	if l, err = send(ctx, o, l.ID, kernel.Key("k-1")); err != nil || l.Replayed || l.State != "sent" {
		t.Errorf("the same command again: %s, replayed %t, %v", l.State, l.Replayed, err)
	}
}

// TestPanicInATogether: a panic between the commands of a group is one of the group's, and
// in a group of the host's own it is the host's.
func TestPanicInATogether(t *testing.T) {
	t.Parallel()
	o, ctx := open(t)
	both := func(_ context.Context, r command.Runner) error {
		if _, err := write(ctx, r, draft{To: "c-1"}); err != nil {
			t.Error(err)
		}
		panic("no paper")
	}
	if err := o.Together(ctx, command.Group{Action: "letter.Both"}, both); !errors.Is(err, kernel.ErrPanic) {
		t.Errorf("a group: %v", err)
	}
	func() {
		defer func() {
			if p := recover(); p != "no paper" {
				t.Errorf("the host's own: %v", p)
			}
		}()
		_ = o.Together(ctx, command.Group{}, both)
	}()
	if err := o.store.View(ctx, func(tx storage.Tx) error {
		n, err := storage.Count[letter](tx)
		if n != 0 {
			t.Errorf("%d letters were kept", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
