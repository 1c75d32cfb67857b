package command

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// See returns the record with the key, if the actor may do the action to it.
func See[T any, S, E ~string, P Subject[T, S]](u *Unit, l *Life[T, S, E], action string, id kernel.ID) (*T, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, err
	}
	rec, err := storage.Get[T, P](u, id)
	if err != nil {
		return nil, err
	}
	if err := u.MaySee(action, l.Kind, P(rec).Subject()); err != nil {
		return nil, err
	}
	return rec, nil
}

// About answers a question about one record: what tell says of it to an actor who may ask.
func About[T any, S, E ~string, A any, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], action string, id kernel.ID, tell func(*Unit, *T) (A, error)) (A, error) {
	var out, none A
	err := r.Look(ctx, action, func(u *Unit) error {
		rec, err := See[T, S, E, P](u, l, action, id)
		if err != nil {
			return err
		}
		out, err = tell(u, rec)
		return err
	})
	if err != nil {
		return none, err
	}
	return out, nil
}

// Get answers "<kind>.Get": the record with the key, if the actor may see it.
func Get[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], id kernel.ID) (T, error) {
	return About[T, S, E, T, P](ctx, r, l, l.Kind+".Get", id, func(_ *Unit, rec *T) (T, error) { return *rec, nil })
}

// ByNumber answers "<kind>.ByNumber": the record with the business number, if the actor may
// see it, or [kernel.ErrNotFound].
func ByNumber[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], in storage.Col[string], number string) (T, error) {
	var rec T
	err := r.Look(ctx, l.Kind+".ByNumber", func(u *Unit) error {
		if number == "" || storage.CheckText(number) != nil {
			return kernel.ErrNotFound
		}
		found, err := storage.One[T](u, storage.Query{Where: append(u.Branches(), in.Eq(number))})
		if err == nil && found == nil {
			err = kernel.ErrNotFound
		}
		if err == nil {
			err = u.MaySee(l.Kind+".ByNumber", l.Kind, P(found).Subject())
		}
		if err == nil {
			rec = *found
		}
		return err
	})
	return rec, err
}

// Allowed answers "<kind>.Allowed": what the actor may do with the record now, and why
// not the rest. Guards that need the command's input are not asked.
func Allowed[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], id kernel.ID) (workflow.Moves[S, E], error) {
	return About[T, S, E, workflow.Moves[S, E], P](ctx, r, l, l.Kind+".Allowed", id, func(u *Unit, rec *T) (workflow.Moves[S, E], error) {
		root := P(rec).Subject()
		may := func(row workflow.Row[S, E]) error {
			_, err := u.Authorizer.Authorize(ctx, u.Actor, l.Action(row.Event), access.Resource{Kind: l.Kind, ID: root.ID, Branch: root.Branch})
			return err
		}
		return l.Machine.Moves(*P(rec).Status(), may, l.guards(u, rec)), nil
	})
}

// History answers "<kind>.History": what happened to the record, the oldest first.
func History[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], id kernel.ID) ([]journal.Entry, error) {
	return About[T, S, E, []journal.Entry, P](ctx, r, l, l.Kind+".History", id, func(u *Unit, rec *T) ([]journal.Entry, error) {
		return journal.History(u, l.Kind, P(rec).Subject().ID)
	})
}

// Grants returns who may do what with a kind of record: its commands as the table
// says, and the questions that everybody at the insurer may ask.
func Grants[T any, S, E ~string](l *Life[T, S, E], readers []kernel.Role) []access.Grant {
	var grants []access.Grant
	for _, row := range l.Machine.Rows() {
		grants = append(grants, access.Grant{Action: l.Action(row.Event), Roles: row.Who})
	}
	for _, query := range []string{"Get", "Allowed", "History"} {
		grants = append(grants, access.Grant{Action: l.Kind + "." + query, Roles: readers})
	}
	return grants
}
