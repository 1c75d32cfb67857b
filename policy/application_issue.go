package policy

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Issue makes the policy of the application (出单): policy, terms and instalments come to
// be in one unit of work, and the policy is active at once when its inception has come.
// Receipts are allocated to the first instalment; what is left over stays visible as
// unallocated. An inception that has passed is refused, unless the product backdates.
func (s *Applications) Issue(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Application, error) {
	var product *Product
	return s.fire(ctx, id, applicationCall{
		Event: Issue,
		Guard: func(u *command.Unit, a *Application) (err error) {
			if product, err = storage.Get[Product](u, a.ProductID); err != nil {
				return err
			}
			day := today(u.Now(), a.Zone)
			if a.Inception != 0 && a.Inception < day.AddDays(-product.Design.BackdateDays) {
				return kernel.Invalid("inception", "range", "the inception has passed")
			}
			return nil
		},
		Apply: func(u *command.Unit, a *Application) error {
			insured, _, err := a.people(u)
			if err != nil {
				return err
			}
			paid, err := a.allocate(u)
			if err != nil {
				return err
			}
			policy, err := s.policies.issue(u, a, product, insured, paid)
			if err != nil {
				return err
			}
			a.PolicyID, a.PolicyNo, a.IssuedAt = policy.ID, policy.Number, u.Now()
			u.Fact("policy", policy.Number)
			u.Fact("premium", a.Premium)
			u.Fact("paid", paid)
			return nil
		},
	}, opts)
}
