package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns an activity.
func (s *Activities) Get(ctx context.Context, id kernel.ID) (Activity, error) {
	return command.Get(ctx, s.run, activityLife, id)
}

// Allowed returns what the actor may do with an activity now, and why not the rest.
func (s *Activities) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[ActivityState, ActivityEvent], error) {
	return command.Allowed(ctx, s.run, activityLife, id)
}

// History returns what happened to an activity, the oldest first.
func (s *Activities) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, activityLife, id)
}

// Workflow returns the table of an activity's life.
func (*Activities) Workflow() *workflow.Machine[ActivityState, ActivityEvent] {
	return ActivityLifecycle
}

// List returns one page of the activities in a state, or of all, by the time at which
// they begin.
func (s *Activities) List(ctx context.Context, state ActivityState, page kernel.List) (kernel.Page[Activity], error) {
	var out kernel.Page[Activity]
	err := s.run.Look(ctx, "activity.List", func(u *command.Unit) (err error) {
		where := u.Branches()
		if state != "" {
			if ActivityLifecycle.Class(state) == 0 {
				return kernel.Invalid("state", "unknown", "not a state of an activity")
			}
			where = append(where, colActivityState.Eq(state))
		}
		out, err = storage.Page[Activity](u, storage.Query{Where: where, Order: []storage.Order{colBegins.Asc()}}, page)
		return err
	})
	return out, err
}

// SignUps returns one page of an activity's sign-ups, in the order in which they came.
func (s *Activities) SignUps(ctx context.Context, id kernel.ID, page kernel.List) (kernel.Page[SignUp], error) {
	return command.About(ctx, s.run, activityLife, "activity.SignUps", id, func(u *command.Unit, a *Activity) (kernel.Page[SignUp], error) {
		return storage.Page[SignUp](u, storage.Query{
			Where: []storage.Cond{colActivityID.Eq(a.ID)}, Order: []storage.Order{colPlace.Asc()},
		}, page)
	})
}

// Get returns a sign-up.
func (s *SignUps) Get(ctx context.Context, id kernel.ID) (SignUp, error) {
	return command.Get(ctx, s.run, signUpLife, id)
}

// Allowed returns what the actor may do with a sign-up now, and why not the rest.
func (s *SignUps) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[SignUpState, SignUpEvent], error) {
	return command.Allowed(ctx, s.run, signUpLife, id)
}

// History returns what happened to a sign-up, the oldest first.
func (s *SignUps) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, signUpLife, id)
}

// Workflow returns the table of a sign-up's life.
func (*SignUps) Workflow() *workflow.Machine[SignUpState, SignUpEvent] { return SignUpLifecycle }

// List returns one page of a customer's sign-ups, the latest first.
func (s *SignUps) List(ctx context.Context, customer kernel.Ref, page kernel.List) (kernel.Page[SignUp], error) {
	var out kernel.Page[SignUp]
	err := s.run.Look(ctx, "sign_up.List", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		if checkRef(&f, "customer", customer, true); f.Err() != nil {
			return f.Err()
		}
		out, err = storage.Page[SignUp](u, storage.Query{
			Where: append(u.Branches(), colSignUpPerson.Eq(customer)), Order: []storage.Order{storage.ColCreated.Desc()},
		}, page)
		return err
	})
	return out, err
}

func activityGrants() []access.Grant {
	return append(append(command.Grants(activityLife, readers), command.Grants(signUpLife, readers)...),
		append(grant("activity", readers, "List", "SignUps"), grant("sign_up", readers, "List")...)...)
}

var activitySubjects = []journal.Subjects{{Kind: "activity", Root: &Activity{}}, {Kind: "sign_up", Root: &SignUp{}}}
