package task

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Follow does to the tasks of a subject what its event asks for. The engine calls it
// inside every command, after the change and before the journal entry, with the tasks
// that [Keeper.Reads] loaded.
func (k *Keeper) Follow(u *command.Unit, h command.Happening, tasks []Task) error {
	if k == nil || !k.heeds[move{h.Kind, h.Event}].own {
		return nil
	}
	f := &following{Keeper: k, Unit: u, root: h.Subject, kind: h.Kind, tasks: tasks}
	case_ := circumstances(h.Subject)
	seen := rulebook.Happening{Kind: h.Kind, Event: h.Event, From: h.From, To: h.To, At: u.Now(), Facts: rulebook.Facts(u.Facts()), Case: case_}
	if err := f.answer(seen); err != nil {
		return err
	}
	if h.From != h.To && k.kinds[h.Kind].Ends(h.To) {
		if err := f.cancel(); err != nil {
			return err
		}
	}
	if handler, ok := case_["handler"].(string); ok {
		f.follow(handler)
	}
	return f.write()
}

// Elsewhere does the same for cases that the subject is only about. Each gets an entry
// of its own.
func (k *Keeper) Elsewhere(ctx context.Context, r command.Runner, at time.Time, h command.Happening, facts rulebook.Facts) error {
	if k == nil {
		return nil
	}
	kinds := k.heeds[move{h.Kind, h.Event}].other
	about, ok := h.Subject.(command.Concerned)
	if !ok || len(kinds) == 0 {
		return nil
	}
	for _, c := range about.Concerns() {
		if !slices.Contains(kinds, c.Kind) {
			continue
		}
		seen := rulebook.Happening{Kind: h.Kind, Event: h.Event, From: h.From, To: h.To, At: at, Facts: facts}
		if asked, err := k.asked(ctx, r, c, seen); err != nil || !asked {
			if err != nil {
				return err
			}
			continue
		}
		_, err := k.touch(ctx, r, c, EventRetarget, nil, func(u *command.Unit, root command.Root) error {
			f, err := k.answered(u, c, root, seen)
			if err != nil {
				return err
			}
			u.Fact("because", h.Kind+"."+h.Event)
			return f.write()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// asked reports whether the happening asks anything of the case's tasks. A case that is
// not ours has none.
func (k *Keeper) asked(ctx context.Context, r command.Runner, c command.Case, h rulebook.Happening) (asked bool, err error) {
	err = r.Look(ctx, "task.Get", func(u *command.Unit) error {
		root := k.kinds[c.Kind].New()
		if err := u.Load(storage.ByID(root, c.ID)); err != nil {
			return err
		}
		f, err := k.answered(u, c, root, h)
		asked = err == nil && len(f.did) > 0
		return err
	})
	if errors.Is(err, kernel.ErrNotFound) {
		err = nil
	}
	return asked, err
}

// answered works out what a happening of another kind asks of the case's tasks.
func (k *Keeper) answered(u *command.Unit, c command.Case, root command.Root, h rulebook.Happening) (*following, error) {
	tasks, err := Running(u, c)
	if err != nil {
		return nil, err
	}
	f := &following{Keeper: k, Unit: u, root: root, kind: c.Kind, tasks: tasks}
	h.Case = circumstances(root)
	return f, f.answer(h)
}

// following is one event on its way through the tasks of one case.
type following struct {
	*Keeper
	*command.Unit
	root    command.Root
	kind    string
	tasks   []Task
	opened  []*Task
	changed []int // of tasks
	did     []any // facts
}

func (f *following) answer(h rulebook.Happening) error {
	for _, r := range f.book.Answer(h) {
		if r.Clock.Case != f.kind {
			continue
		}
		if r.Act == rulebook.Open {
			if err := f.open(r, h); err != nil {
				return err
			}
			continue
		}
		for i := range f.tasks {
			if t := &f.tasks[i]; t.Clock == r.Clock.ID && t.Live() {
				if err := f.act(i, t, r, h); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// runs reports whether one of the clocks has a task that is still to be done.
func (f *following) runs(clocks ...string) bool {
	for i := range f.tasks {
		if t := &f.tasks[i]; t.Live() && slices.Contains(clocks, t.Clock) {
			return true
		}
	}
	return slices.ContainsFunc(f.opened, func(t *Task) bool { return slices.Contains(clocks, t.Clock) })
}

func (f *following) open(r rulebook.Reply, h rulebook.Happening) error {
	if f.runs(r.Clock.ID) || f.runs(r.Clock.Unless...) {
		return nil
	}
	timer, err := f.book.Begin(r, h)
	if err != nil {
		return err
	}
	t := f.newTask(f.Unit, f.kind, f.root)
	t.ID = kernel.NewID()
	t.State, t.Clock, t.Timer, t.Queue = Open, r.Clock.ID, timer, kernel.Role(r.Clock.Queue)
	if handler, ok := h.Case["handler"].(string); ok {
		t.Owner = handler
	}
	due, err := f.book.Due(timer)
	if err != nil {
		return err
	}
	t.aim(due)
	f.opened = append(f.opened, t)
	f.did = append(f.did, t.fact(EventOpen))
	return nil
}

// act moves the date of one task as the reply says.
func (f *following) act(i int, t *Task, r rulebook.Reply, h rulebook.Happening) error {
	if r.Act == rulebook.Meet || r.Act == rulebook.Cancel {
		return f.finish(i, t, r, h)
	}
	timer, changed, err := f.book.Apply(t.Timer, r, h)
	if err != nil || !changed {
		return err
	}
	at := r.At // news of what took effect earlier, such as a letter that had arrived
	if at.IsZero() {
		at = f.Now()
	}
	late, err := t.settle(f.Unit, at)
	if err != nil {
		return err
	}
	was := t.DueAt
	t.Timer = timer
	due, err := f.book.Due(timer)
	if err != nil {
		return err
	}
	var events []Event
	switch {
	case t.State != Breached:
	case r.Act != rulebook.Rebase && at.Before(t.BreachedAt): // the date had moved in time
		if t.BreachedAt = due.At; due.Paused || f.Now().Before(due.At) {
			events = append(events, EventExcuse)
			t.BreachedAt, t.Level, t.Queue = time.Time{}, 0, kernel.Role(r.Clock.Queue)
		}
	case !due.Paused && due.At.Before(t.BreachedAt): // an earlier receipt came to light
		t.BreachedAt = due.At
	}
	switch live := t.State == Open || len(events) > 0; {
	case live && due.Paused:
		events = append(events, EventPause)
		t.PausedAt = t.since(f.Now())
	case t.State == Paused && !due.Paused:
		events = append(events, EventResume)
		t.PausedAt = time.Time{}
	case !due.Paused && !due.At.Equal(was):
		events = append(events, EventRetarget)
	}
	if !due.Paused && !due.WarnAt.Equal(t.WarnedAt) {
		t.WarnedAt = time.Time{} // of the new date nobody was warned yet
	}
	did := late
	for _, e := range events {
		if err := t.move(f.Context(), e, false); err != nil {
			return err
		}
		if !due.Paused {
			t.aim(due)
		}
		did = append(did, t.fact(e))
	}
	if t.State != Breached || !due.Paused { // what is late stays late, since the day that it was due
		t.aim(due)
	}
	f.note(i, did...)
	return nil
}

// finish ends a task because the case did what was asked, or need not any more. A clock
// that repeats begins anew.
func (f *following) finish(i int, t *Task, r rulebook.Reply, h rulebook.Happening) error {
	event := EventMeet
	if r.Act == rulebook.Cancel {
		event = EventCancel
	}
	if err := f.over(i, t, event, r.At); err != nil {
		return err
	}
	if r.Clock.Repeat && r.Act == rulebook.Meet {
		r.Act = rulebook.Open
		return f.open(r, h)
	}
	return nil
}

// over ends a task with what happened at that instant.
func (f *following) over(i int, t *Task, event Event, at time.Time) error {
	did, err := t.settle(f.Unit, at)
	if err != nil {
		return err
	}
	if t.State == Breached && at.Before(t.BreachedAt) { // it was done in time, or no more to be done
		if t.BreachedAt = (time.Time{}); event == EventMeet {
			event = EventProve
		}
	}
	if err := t.move(f.Context(), event, false); err != nil {
		return err
	}
	t.end(f.Unit)
	f.note(i, append(did, t.fact(event))...)
	return nil
}

// cancel ends what is left when the case has ended.
func (f *following) cancel() error {
	for i := range f.tasks {
		t := &f.tasks[i]
		if c, ok := f.book.Clock(t.Clock); !t.Live() || ok && c.Survives {
			continue
		}
		if err := f.over(i, t, EventCancel, f.Now()); err != nil {
			return err
		}
	}
	f.opened = slices.DeleteFunc(f.opened, func(t *Task) bool {
		c, ok := f.book.Clock(t.Clock)
		gone := ok && c.Repeat && !c.Survives
		if gone {
			f.did = slices.DeleteFunc(f.did, func(d any) bool { return d.(map[string]any)["task"] == t.ID })
		}
		return gone
	})
	return nil
}

// follow gives the tasks of a case to its handler, but for those assigned by hand.
func (f *following) follow(handler string) {
	for i := range f.tasks {
		if t := &f.tasks[i]; t.Live() && !t.Fixed && t.Owner != handler {
			t.Owner = handler
			f.note(i)
		}
	}
}

func (f *following) note(i int, facts ...any) {
	if !slices.Contains(f.changed, i) {
		f.changed = append(f.changed, i)
	}
	f.did = append(f.did, facts...)
}

func (f *following) write() error {
	if len(f.did) > 0 {
		f.Fact("tasks", f.did)
	}
	if len(f.did)+len(f.changed) > 0 {
		f.promise()
	}
	for _, t := range f.opened {
		if err := f.Insert(t); err != nil {
			return err
		}
	}
	saves := make([]storage.Versioned, len(f.changed))
	for n, i := range f.changed {
		saves[n] = &f.tasks[i]
	}
	return f.Save(saves...)
}

// promise tells the case the earliest day that its customer may rely on. While the clock
// stands still there is no new one.
func (f *following) promise() {
	p, ok := f.root.(Promising)
	if !ok {
		return
	}
	var on kernel.Date
	look := func(t *Task) {
		c, _ := f.book.Clock(t.Clock)
		if !c.Promise || !t.Live() || t.DueOn.IsZero() || !on.IsZero() && on <= t.DueOn {
			return
		}
		if due, err := f.book.Due(t.Timer); err == nil && !due.Paused { // what was late before keeps its old day
			on = t.DueOn
		}
	}
	for i := range f.tasks {
		look(&f.tasks[i])
	}
	for _, t := range f.opened {
		look(t)
	}
	if !on.IsZero() {
		p.Promised(on)
	}
}
