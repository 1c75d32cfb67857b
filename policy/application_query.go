package policy

import (
	"context"
	"slices"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns an application.
func (s *Applications) Get(ctx context.Context, id kernel.ID) (Application, error) {
	return command.Get(ctx, s.run, applicationLife, id)
}

// Allowed returns what the actor may do with an application now, and why not the rest.
func (s *Applications) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[ApplicationState, ApplicationEvent], error) {
	return command.Allowed(ctx, s.run, applicationLife, id)
}

// History returns what happened to an application, the oldest first.
func (s *Applications) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, applicationLife, id)
}

// Folder is an application with all that belongs to it.
type Folder struct {
	Application Application
	Insured     []Insured    // of the last form, in its order
	Disclosures []Disclosure // of the last form
	Documents   []Document
	Objections  []Objection
	Receipts    []Receipt
	Layers      []Layer // of the review, in their order
}

// Folder returns an application with all that belongs to it. Personal data stays sealed.
func (s *Applications) Folder(ctx context.Context, id kernel.ID) (Folder, error) {
	return command.About(ctx, s.run, applicationLife, "application.Folder", id, func(u *command.Unit, a *Application) (Folder, error) {
		all, last := ofApplication(a.ID), ofApplication(a.ID)
		last.Where = append(last.Where, storage.Col[int64]("revision").Eq(a.Revision))
		out := Folder{Application: *a}
		err := u.Load(
			storage.Where(&out.Insured, last), storage.Where(&out.Disclosures, last),
			storage.Where(&out.Documents, all), storage.Where(&out.Objections, all),
			storage.Where(&out.Receipts, all), storage.Where(&out.Layers, all),
		)
		slices.SortFunc(out.Insured, func(x, y Insured) int { return int(x.Position - y.Position) })
		slices.SortFunc(out.Layers, func(x, y Layer) int { return int(x.Position - y.Position) })
		return out, err
	})
}

// ApplicationFilter narrows a list of applications; empty parts do not.
type ApplicationFilter struct {
	Holder  kernel.Ref
	Product string // code
	State   ApplicationState
}

// List returns one page of the applications that the actor sees, in the order in which
// they were begun.
func (s *Applications) List(ctx context.Context, filter ApplicationFilter, page kernel.List) (kernel.Page[Application], error) {
	var out kernel.Page[Application]
	err := s.run.Look(ctx, "application.List", func(u *command.Unit) (err error) {
		if storage.CheckText(string(filter.Holder)) != nil || storage.CheckText(filter.Product) != nil {
			return nil
		}
		where := u.Branches()
		if filter.Holder != "" {
			where = append(where, storage.Col[kernel.Ref]("holder").Eq(filter.Holder))
		}
		if filter.Product != "" {
			where = append(where, storage.Col[string]("product_code").Eq(filter.Product))
		}
		if filter.State != "" {
			if ApplicationLife.Class(filter.State) == 0 {
				return kernel.Invalid("state", "unknown", "not a state of an application")
			}
			where = append(where, storage.Col[ApplicationState]("state").Eq(filter.State))
		}
		out, err = storage.Page[Application](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// Workflow returns the table of an application's life.
func (*Applications) Workflow() *workflow.Machine[ApplicationState, ApplicationEvent] {
	return ApplicationLife
}
