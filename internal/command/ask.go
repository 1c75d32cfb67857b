package command

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get answers "<kind>.Get": the record with the key, if the actor may see it.
func Get[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], id kernel.ID) (T, error) {
	var rec T
	err := r.Look(ctx, l.Kind+".Get", func(u *Unit) error {
		got, err := see[T, S, E, P](u, l, "Get", id)
		if err == nil {
			rec = *got
		}
		return err
	})
	return rec, err
}

func see[T any, S, E ~string, P Subject[T, S]](u *Unit, l *Life[T, S, E], query string, id kernel.ID) (*T, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, err
	}
	rec, err := storage.Get[T, P](u, id)
	if err != nil {
		return nil, err
	}
	return rec, u.MaySee(l.Kind+"."+query, l.Kind, P(rec).Subject())
}

// Allowed answers "<kind>.Allowed": what the actor may do with the record now, and why
// not the rest. Guards that need the command's input are not asked.
func Allowed[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], id kernel.ID) (workflow.Moves[S, E], error) {
	var moves workflow.Moves[S, E]
	err := r.Look(ctx, l.Kind+".Allowed", func(u *Unit) error {
		rec, err := see[T, S, E, P](u, l, "Allowed", id)
		if err != nil {
			return err
		}
		root := P(rec).Subject()
		may := func(row workflow.Row[S, E]) error {
			_, err := u.Authorizer.Authorize(ctx, u.Actor, l.Action(row.Event), access.Resource{Kind: l.Kind, ID: root.ID, Branch: root.Branch})
			return err
		}
		moves = l.Machine.Moves(*P(rec).Status(), may, l.guards(u, rec))
		return nil
	})
	return moves, err
}

// History answers "<kind>.History": what happened to the record, the oldest first.
func History[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], id kernel.ID) ([]journal.Entry, error) {
	var entries []journal.Entry
	err := r.Look(ctx, l.Kind+".History", func(u *Unit) error {
		rec, err := see[T, S, E, P](u, l, "History", id)
		if err != nil {
			return err
		}
		entries, err = journal.History(u, l.Kind, P(rec).Subject().ID)
		return err
	})
	return entries, err
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
