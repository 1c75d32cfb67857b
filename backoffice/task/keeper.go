package task

import (
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Keeper keeps the tasks of all cases in step with what happens to them, as the
// rulebook says.
type Keeper struct {
	book  *rulebook.Book
	kinds map[string]command.Kind
	heeds map[move]heed
}

// move is an event of a kind of subject.
type move struct{ kind, event string }

// heed says whom an event may concern.
type heed struct {
	own   bool     // tasks of the subject itself
	other []string // kinds of cases that the subject is about
}

// NewKeeper makes a keeper for kinds of subjects.
func NewKeeper(book *rulebook.Book, kinds ...command.Kind) *Keeper {
	k := &Keeper{book: book, kinds: map[string]command.Kind{}, heeds: map[move]heed{}}
	for _, kind := range kinds {
		k.kinds[kind.Name()] = kind
	}
	for _, kind := range kinds {
		for _, event := range kind.Events() {
			k.heeds[move{kind.Name(), event}] = k.heed(kind, event)
		}
	}
	return k
}

func (k *Keeper) heed(kind command.Kind, event string) heed {
	h := heed{own: event == handover}
	for _, to := range kind.Leads(event) {
		h.own = h.own || kind.Ends(to)
		for _, c := range k.book.Cases(kind.Name(), event, to) {
			switch {
			case c == kind.Name():
				h.own = true
			case !slices.Contains(h.other, c):
				h.other = append(h.other, c)
			}
		}
	}
	return h
}

// handover is the event by which cases get another handler, in every room.
const handover = "Assign"

// Book returns the rulebook.
func (k *Keeper) Book() *rulebook.Book { return k.book }

// Reads returns what [Keeper.Follow] needs to know of a subject before the event; nil
// when the event concerns no task. The engine loads it together with the subject.
func (k *Keeper) Reads(kind, event string, id kernel.ID, into *[]Task) []storage.Read {
	if k == nil || id == "" || !k.heeds[move{kind, event}].own {
		return nil
	}
	tasks := storage.Where(into, live(id))
	tasks.Held = true // by whoever has locked the case
	return []storage.Read{tasks}
}

// Regulated is a subject whose deadlines the rulebook knows: it tells what they
// depend on.
type Regulated interface{ Circumstances() rulebook.Facts }

// Promising is a subject that keeps the day which its customer was promised. It is told
// whenever that changes, before it is saved.
type Promising interface{ Promised(on kernel.Date) }

func circumstances(root command.Root) rulebook.Facts {
	if r, ok := root.(Regulated); ok {
		return r.Circumstances()
	}
	return nil
}

// newTask returns a task of the case, still without state and date.
func (k *Keeper) newTask(u *command.Unit, kind string, root command.Root) *Task {
	t := &Task{Branch: root.Subject().Branch, CaseKind: kind, CaseID: root.Base().ID, OpenedAt: u.Now()}
	if owned, ok := root.(storage.Owned); ok {
		t.PersonRef = owned.Person()
	}
	return t
}

// of returns the task's case.
func (t *Task) of() command.Case { return command.Case{Kind: t.CaseKind, ID: t.CaseID} }

// aim sets the date.
func (t *Task) aim(due rulebook.Due) {
	t.Rule, t.RuleFrom = due.Rule, due.Version
	t.DueOn, t.DueAt, t.WarnAt, t.Provisional = due.On, due.At, due.WarnAt, due.Provisional
	t.Ladder = due.Steps
	t.plan()
}

// plan sets when time takes the task's next step.
func (t *Task) plan() {
	t.NextAt = time.Time{}
	soonest := func(at time.Time) {
		if !at.IsZero() && (t.NextAt.IsZero() || at.Before(t.NextAt)) {
			t.NextAt = at
		}
	}
	switch t.State {
	case Open:
		soonest(t.DueAt)
		if t.WarnedAt.IsZero() {
			soonest(t.WarnAt)
		}
	case Breached:
		if int(t.Level) < len(t.Ladder) {
			soonest(t.Ladder[t.Level].At)
		}
	}
	if t.Live() {
		soonest(t.RemindAt)
		if t.Provisional { // each sweep asks whether the calendar has come
			soonest(t.OpenedAt)
		}
	}
}

// settle notes what time had done to the task by then, whether a sweep saw it or not:
// late is late.
func (t *Task) settle(u *command.Unit, at time.Time) ([]any, error) {
	if t.State != Open || t.DueAt.IsZero() || at.Before(t.DueAt) {
		return nil, nil
	}
	if err := t.move(u.Context(), EventBreach, false); err != nil {
		return nil, err
	}
	t.BreachedAt = t.DueAt
	return []any{t.fact(EventBreach)}, nil
}

// since is now, and no earlier than the task: the machine's clock may have gone back.
func (t *Task) since(now time.Time) time.Time {
	if now.Before(t.OpenedAt) {
		return t.OpenedAt
	}
	return now
}

// end notes that the task is over.
func (t *Task) end(u *command.Unit) {
	t.EndedAt, t.EndedBy = t.since(u.Now()), u.Actor.ID
	t.NextAt, t.RemindAt, t.PausedAt = time.Time{}, time.Time{}, time.Time{}
}

// fact tells a reader of the case's history what happened to the task.
func (t *Task) fact(e Event) map[string]any {
	what := t.Clock
	if what == "" {
		what = t.Code
	}
	f := map[string]any{"task": t.ID, "what": what, "event": e}
	if t.Live() && !t.DueAt.IsZero() {
		if t.DueOn.IsZero() {
			f["due"] = t.DueAt
		} else {
			f["due"] = t.DueOn
		}
	}
	if e == EventEscalate {
		f["level"], f["to"] = t.Level, t.Queue
	}
	return f
}
