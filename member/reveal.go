package member

import (
	"context"
	"slices"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

// revealGrants lets those who deal with a thing read what was written about it: of
// members those who serve them, of staff their managers.
func revealGrants() []access.Grant {
	of := func(roles []kernel.Role, kinds ...string) (out []access.Grant) {
		for _, kind := range kinds {
			out = append(out, grant(kind, roles, "Reveal")...)
		}
		return out
	}
	keepers := append([]kernel.Role{access.PrivacyOfficer}, servants...)
	return slices.Concat(
		of(keepers, Kind, "benefit_grant", "service_order", "sign_up"),
		of(append([]kernel.Role{access.ProductManager}, servants...), "partner"),
		of(hosts, "activity"),
		of(designers, "benefit"),
		of(managers, "program", "course", "training", "appraisal"),
		of(append([]kernel.Role{access.PrivacyOfficer}, managers...), "staff"),
	)
}

// Reveal opens the reasons in a program's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Programs) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "program", id, in)
}

// Reveal opens the reasons in a membership's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Members) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), Kind, id, in)
}

// Reveal opens what is sealed of somebody of the staff: "qualifications" for
// certificates, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Staffs) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "staff", id, in)
}

// Reveal opens the reasons in a course's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Courses) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "course", id, in)
}

// Reveal opens a training: "trainings" for the name of a hired trainer, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Trainings) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "training", id, in)
}

// Reveal opens an appraisal: "appraisals" for remark and plan, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Appraisals) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "appraisal", id, in)
}

// Reveal opens the reasons in a benefit's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Benefits) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "benefit", id, in)
}

// Reveal opens the reasons in a quota's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Quotas) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "benefit_grant", id, in)
}

// Reveal opens an order: "service_orders" for what is wished and agreed, what was done and
// what the member said of it, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Orders) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "service_order", id, in)
}

// Reveal opens a partner: "partners" for whom to call, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Partners) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "partner", id, in)
}

// Reveal opens the reasons in an activity's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Activities) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "activity", id, in)
}

// Reveal opens a sign-up: "sign_ups" for the comment, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *SignUps) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "sign_up", id, in)
}
