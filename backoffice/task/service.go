package task

import (
	"context"
	"errors"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Service answers what is due and for whom, takes what people say about tasks, and
// sweeps.
type Service struct {
	run    command.Runner
	keeper *Keeper
}

// New makes a service whose commands r carries out.
func New(r command.Runner, k *Keeper) *Service { return &Service{r, k} }

// Grants returns who may do what with tasks.
func Grants() []access.Grant {
	var grants []access.Grant
	for _, r := range Lifecycle.Rows() {
		grants = append(grants, access.Grant{Action: action(r.Event), Roles: r.Who})
	}
	for _, query := range []string{"Get", "List", "Due", "Overdue", "Mine", "Explain"} {
		grants = append(grants, access.Grant{Action: "task." + query, Roles: access.Staff})
	}
	return append(grants, access.Grant{Action: "task.Sweep", Roles: library}, access.Grant{Action: "task.Reveal", Roles: doers[:len(doers)-1]})
}

func action(e Event) string { return "task." + string(e) }

// touch writes to the tasks of a case in a command on the case, which keeps its state.
// Replayed says that it was done before under its key, and fn has written nothing.
func (k *Keeper) touch(ctx context.Context, r command.Runner, c command.Case, e Event, input any, fn func(*command.Unit, command.Root) error, opts ...kernel.Option) (replayed bool, err error) {
	kind, ok := k.kinds[c.Kind]
	if !ok { // who may not ask does not learn even that
		return false, r.Look(ctx, action(e), func(*command.Unit) error { return kernel.ErrNotFound })
	}
	var rec command.Root
	err = r.Run(ctx, &command.Spec{
		Kind: c.Kind, Event: action(e), Aside: true, ID: c.ID, Input: input,
		New:    func() command.Root { rec = kind.New(); return rec },
		Status: func() string { return kind.Status(rec) },
		Move:   func(context.Context, *command.Unit) (string, error) { return kind.Status(rec), nil },
		Apply:  func(u *command.Unit) error { return fn(u, rec) },
	}, opts...)
	return err == nil && rec.Subject().Replayed, err
}

// Assignment is something that somebody gives to do about a case.
type Assignment struct {
	Kind  string         // of the case: "claim"
	Case  kernel.ID      //
	Code  string         // the host's word for it, at most 64 bytes; stands in the history
	Note  privacy.Secret // in words; sealed; may be empty
	Owner string         // actor who does it; empty: anybody of the queue
	Queue kernel.Role    // may be empty when there is an owner

	DueAt  time.Time // the first instant that is too late; zero: whenever
	WarnAt time.Time // before that; zero: no warning
}

func (in Assignment) check(now time.Time, f *kernel.FieldErrors) {
	if in.Code == "" {
		f.Add("code", "required", "say what is to be done")
	}
	kernel.CheckText(f, "code", in.Code, kernel.MaxRef, false)
	kernel.CheckText(f, "owner", in.Owner, kernel.MaxRef, false)
	kernel.CheckText(f, "queue", string(in.Queue), kernel.MaxRef, false)
	if in.Owner == "" && in.Queue == "" {
		f.Add("owner", "required", "name who does it, or whose queue it joins")
	}
	checkNote(f, "note", in.Note)
	kernel.CheckTime(f, "due_at", in.DueAt)
	kernel.CheckTime(f, "warn_at", in.WarnAt)
	if !in.DueAt.IsZero() && !in.DueAt.After(now) {
		f.Add("due_at", "range", "lies in the past")
	}
	if !in.WarnAt.IsZero() && !in.WarnAt.Before(in.DueAt) {
		f.Add("warn_at", "order", "a warning comes before the due instant")
	}
}

func checkNote(f *kernel.FieldErrors, path string, s privacy.Secret) {
	plain, ok := s.Plain()
	if !ok {
		f.Add(path, "sealed", "give the text, not what is stored of another record")
		return
	}
	kernel.CheckText(f, path, plain, 2000, true)
}

// Open gives somebody something to do about a case. It ends with [Service.Complete],
// with [Service.Cancel], or with the case. Errors besides those of every command:
// [kernel.ErrNotFound] when there is no such case.
func (s *Service) Open(ctx context.Context, in Assignment, opts ...kernel.Option) (Task, error) {
	var t *Task
	replayed, err := s.keeper.touch(ctx, s.run, command.Case{Kind: in.Kind, ID: in.Case}, EventOpen, in, func(u *command.Unit, root command.Root) error {
		var f kernel.FieldErrors
		if in.check(u.Now(), &f); f.Err() != nil {
			return f.Err()
		}
		t = s.keeper.newTask(u, in.Kind, root)
		t.State = Open
		t.Code, t.Note, t.Owner, t.Queue = in.Code, in.Note, in.Owner, in.Queue
		t.Fixed = in.Owner != ""
		t.DueAt, t.WarnAt = kernel.Instant(in.DueAt), kernel.Instant(in.WarnAt)
		t.plan()
		u.Fact("tasks", []any{t.fact(EventOpen)})
		return u.Insert(t)
	}, opts...)
	switch {
	case err != nil:
		return Task{}, err
	case replayed:
		return s.again(ctx, opts)
	}
	return *t, nil
}

// again finds the task that an earlier call with the same key opened: its entry names it.
func (s *Service) again(ctx context.Context, opts []kernel.Option) (Task, error) {
	var id kernel.ID
	err := s.run.Look(ctx, action(EventOpen), func(u *command.Unit) error {
		o, err := kernel.OptionsOf(opts)
		if err != nil {
			return err
		}
		entry, err := storage.One[journal.Entry](u, storage.Query{Where: []storage.Cond{journal.ColIdem.Eq(journal.IdemOf(action(EventOpen), o.Key))}})
		if err != nil || entry == nil {
			return errors.Join(err, kernel.ErrNotFound)
		}
		for _, r := range entry.Rows {
			if r.Table == (*Task)(nil).TableName() {
				id = kernel.ID(r.ID)
			}
		}
		return nil
	})
	if err != nil {
		return Task{}, err
	}
	return s.look(ctx, action(EventOpen), id)
}

// Assign gives a task to somebody, who keeps it even when the case changes hands;
// to nobody: it goes back to its queue and follows the case's handler again.
func (s *Service) Assign(ctx context.Context, id kernel.ID, to string, opts ...kernel.Option) (Task, error) {
	return s.change(ctx, id, EventAssign, struct{ To string }{to}, func(f *kernel.FieldErrors) {
		kernel.CheckText(f, "to", to, kernel.MaxRef, false)
	}, func(u *command.Unit, t *Task) error {
		t.Owner, t.Fixed = to, to != ""
		u.Fact("to", to)
		return nil
	}, opts)
}

// Complete ends a task that somebody gave by hand. What a rule opened is ended by the
// case and refused here with a [workflow.TransitionError].
func (s *Service) Complete(ctx context.Context, id kernel.ID, note privacy.Secret, opts ...kernel.Option) (Task, error) {
	return s.end(ctx, id, EventComplete, note, opts)
}

// Cancel drops a task that somebody gave by hand.
func (s *Service) Cancel(ctx context.Context, id kernel.ID, reason privacy.Secret, opts ...kernel.Option) (Task, error) {
	return s.end(ctx, id, EventCancel, reason, opts)
}

func (s *Service) end(ctx context.Context, id kernel.ID, e Event, why privacy.Secret, opts []kernel.Option) (Task, error) {
	return s.change(ctx, id, e, struct{ Why privacy.Secret }{why}, func(f *kernel.FieldErrors) { checkNote(f, "note", why) },
		func(u *command.Unit, t *Task) error {
			t.end(u)
			u.Because(why)
			return nil
		}, opts)
}

// Remind sets a reminder, which [Service.Sweep] writes into the case's history when its
// time has come; the zero time takes it back.
func (s *Service) Remind(ctx context.Context, id kernel.ID, at time.Time, opts ...kernel.Option) (Task, error) {
	return s.change(ctx, id, EventRemind, struct{ At time.Time }{at}, func(f *kernel.FieldErrors) { kernel.CheckTime(f, "at", at) },
		func(u *command.Unit, t *Task) error {
			t.RemindAt = kernel.Instant(at)
			u.Fact("remind_at", t.RemindAt)
			return nil
		}, opts)
}

// change gives a task an event by hand.
func (s *Service) change(ctx context.Context, id kernel.ID, e Event, input any, check func(*kernel.FieldErrors), apply func(*command.Unit, *Task) error, opts []kernel.Option) (Task, error) {
	found, err := s.look(ctx, action(e), id)
	if err != nil {
		return Task{}, err
	}
	var f kernel.FieldErrors
	if check(&f); f.Err() != nil {
		return Task{}, f.Err()
	}
	var done *Task
	replayed, err := s.keeper.touch(ctx, s.run, found.of(), e, struct {
		Task  kernel.ID
		Input any
	}{found.ID, input}, func(u *command.Unit, _ command.Root) error {
		t, err := storage.Get[Task](u, found.ID)
		if err != nil {
			return err
		}
		did, err := t.settle(u, u.Now())
		if err != nil {
			return err
		}
		if err := t.move(u.Context(), e, true); err != nil {
			return err
		}
		if err := apply(u, t); err != nil {
			return err
		}
		t.plan()
		u.Fact("tasks", append(did, t.fact(e)))
		done = t
		return u.Save(t)
	}, opts...)
	switch {
	case err != nil:
		return Task{}, err
	case replayed:
		return s.look(ctx, action(e), id)
	}
	return *done, nil
}

// look returns a task that the actor may give the action to.
func (s *Service) look(ctx context.Context, action string, id kernel.ID) (Task, error) {
	var found Task
	err := s.run.Look(ctx, action, func(u *command.Unit) error {
		t, err := seen(u, id)
		if err == nil {
			found = *t
		}
		return err
	})
	return found, err
}

func seen(u *command.Unit, id kernel.ID) (*Task, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, err
	}
	t, err := storage.Get[Task](u, id)
	if err == nil && !u.Actor.Sees(t.Branch) {
		err = kernel.ErrNotFound
	}
	return t, err
}
